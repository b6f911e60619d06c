// Admits a checked order: its media are looked at, and the gate decides. Nothing is sent before that, and whatever is
// refused here costs nothing.

import { openableBy } from '../accounts/open.ts';
import { findOwnFiles } from '../files/own-files.ts';
import { refuseInput } from '../intake/check-input.ts';
import { noteRefusal } from '../intake/note-refusal.ts';
import { STALE_RESERVED_MS } from '../jobs/job.ts';
import { beforePost, canPost, outOfTime } from '../jobs/submit-time.ts';
import { presentedKey } from '../keys/principal.ts';
import { requireRoom, reserve, type Reserved } from '../ledger/gate.ts';
import type { LimitReport } from '../ledger/limit-usage.ts';
import type { NewJob } from '../ledger/new-job.ts';
import { checkMedia } from '../media/check-media.ts';
import type { MediaInput } from '../media/media-inputs.ts';
import { askedTooOften, type Probed } from '../media/probe-rate.ts';
import { newJobId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { SubmitRuntime } from './memory.ts';
import type { Admitted } from './record-outcome.ts';
import { findReplay, inFlight } from './replay.ts';
import type { Order, SubmitCall, Submitted } from './submission.ts';

/** `probed`: the hosts that were asked about media. */
type MediaChecked = { probed: Probed; warnings: string[] };

/** `outdated`: other terms hold for the caller by now than the order was priced by. */
export type Admission =
  | ({ kind: 'admitted'; admitted: Admitted; report: LimitReport } & MediaChecked)
  | { kind: 'replayed'; replay: Submitted }
  | { kind: 'outdated' };

/**
 * Passes the gate, or throws the Problem that says why not. While the media were looked at, a first submit with the same
 * Idempotency-Key may have come in and taken the last room: so after a refusal its answer is looked for once more.
 */
export async function admit(deps: SubmitRuntime, call: SubmitCall, order: Order): Promise<Admission> {
  let passed: Passed;
  try {
    passed = await passGate(deps, call, order);
  } catch (error) {
    noteRefusal(deps, order.model, error);
    const isRefused = error instanceof Problem && error.code !== 'storage_unavailable';
    const replay = isRefused ? await findReplay(deps, call) : null;
    if (replay === null) {
      throw error;
    }
    return { kind: 'replayed', replay };
  }
  const { job, reserved, media } = passed;
  switch (reserved.kind) {
    case 'admitted': {
      const { account, report } = reserved;
      const admitted = { job, time: call.time, account, chosenAtMs: job.atMs };
      return { kind: 'admitted', admitted, report, ...media };
    }
    case 'repeated': {
      const replay = await findReplay(deps, call);
      if (replay === null) {
        throw inFlight();
      }
      return { kind: 'replayed', replay };
    }
    case 'outdated':
      return reserved;
  }
}

type Passed = { job: NewJob; reserved: Reserved; media: MediaChecked };

/** Media first: probes take their time, and limits count the instant of the gate. */
async function passGate(deps: SubmitRuntime, call: SubmitCall, order: Order): Promise<Passed> {
  const { principal, submission, time, idempotency } = call;
  const openable = await openableBy(deps);
  const newJob = (): NewJob => ({
    jobId: newJobId(),
    customerId: principal.customerId,
    keyId: principal.keyId,
    tokenId: principal.tokenId,
    endUser: principal.endUser,
    modelId: submission.modelId,
    openable,
    quote: order.quote,
    idempotency,
    traceId: submission.traceId,
    terms: principal.terms,
    atMs: deps.clock.now(),
    checkAtMs: deps.clock.now() + STALE_RESERVED_MS,
  });
  const requireRoomNow = () => beforePost(time, () => requireRoom(deps, newJob()));
  const media = await checkMediaOf(deps, call, { order, admit: requireRoomNow });
  if (!canPost(time)) {
    throw outOfTime();
  }
  const job = newJob();
  return { job, reserved: await reserve(deps, time, job), media };
}

/**
 * Warns of what is odd about the media inputs. Where the model enforces their rules, it throws 422 for what breaks them,
 * and 429 for a host that was not asked because this key has had it asked too often.
 */
async function checkMediaOf(
  deps: SubmitRuntime,
  { principal, submission, time }: SubmitCall,
  { order, admit: requireRoomNow }: { order: Order; admit: () => Promise<void> },
): Promise<MediaChecked> {
  const { model, media } = order;
  const key = presentedKey(principal);
  if (media.length === 0) {
    return { warnings: [], probed: { key, hosts: [] } };
  }
  const ownHosts = submission.ownHosts();
  const origins = [submission.origin, ...ownHosts.map((host) => `https://${host}`)];
  const known = (asked: MediaInput[]) =>
    beforePost(time, () => findOwnFiles(deps, principal.customerId, { media: asked, origins }));
  const found = await checkMedia(deps, media, { admit: requireRoomNow, key, ownHosts, known });
  if (model.media === 'enforce') {
    refuseInput(found.errors);
    if (found.heldBack !== null) {
      throw askedTooOften(found.heldBack);
    }
  }
  return {
    warnings: [...found.errors.map(({ message }) => message), ...found.warnings],
    probed: found.probed,
  };
}
