// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its
// hold are in the books before RunComfy hears of it, and nothing is sent twice.

import { checkInput, quoteInput, refuseInput, requireQuote } from '../intake/check-input.ts';
import { keepRefusals, noteRefusal } from '../intake/note-refusal.ts';
import { requireLoras } from '../intake/lora.ts';
import type { Offer } from '../catalogue/model.ts';
import { requireModel } from '../catalogue/offered.ts';
import { findTerms } from '../pricing/terms.ts';
import type { SubmitRuntime } from './memory.ts';
import { idempotencyScope, type Principal } from '../keys/principal.ts';
import { requireRoom, reserve, type Reserved } from '../ledger/gate.ts';
import { limitHeaders } from '../ledger/limit-headers.ts';
import { givenBack } from '../ledger/room.ts';
import type { Report } from '../ledger/room-store.ts';
import type { Hold } from '../ledger/store.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { newJobId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { checkMedia } from '../media/check-media.ts';
import { findMedia } from '../media/media-inputs.ts';
import { openableBy } from '../accounts/open.ts';
import { STALE_RESERVED_MS } from '../jobs/job.ts';
import { ask, maySend, outOfTime, submitTime, type SubmitTime } from '../jobs/submit-time.ts';
import { dispatch, type Order } from './dispatch.ts';
import { recordOutcome, type Admitted } from './record-outcome.ts';
import { findFirst, inFlight } from './replay.ts';
import type { Submission, SubmitCall, Submitted } from './submission.ts';

/** Accepts a submit or throws the Problem that says why not. Runs to its end even if the client hangs up. */
export async function submit(
  deps: SubmitRuntime,
  principal: Principal,
  submission: Submission,
): Promise<Submitted> {
  keepRefusals(deps);
  const time = submitTime(deps.clock, submission.arrivedAtMs);
  const call: SubmitCall = {
    principal,
    submission,
    time,
    idempotency: await idempotencyOf(principal, submission),
  };
  return (await findFirst(deps, call)) ?? submitNew(deps, call);
}

async function submitNew(deps: SubmitRuntime, call: SubmitCall): Promise<Submitted> {
  const { principal, submission, time } = call;
  const { modelId, body, ownHosts } = submission;
  const model = await ask(time, () => requireModel(deps, principal, modelId));
  const terms = await ask(time, () => findTerms(deps, principal, model));
  const { input, warnings } = await checkInput(deps, model, body).catch(noting(deps, model));
  requireLoras(input, { schema: model.inputSchema, allowed: principal.loras });
  const quote = requireQuote(quoteInput(model, terms, input));
  const openable = await openableBy(deps);
  const holdNow = (): Hold => ({
    jobId: newJobId(),
    customerId: principal.customerId,
    keyId: principal.keyId,
    tokenId: principal.tokenId,
    endUser: principal.endUser,
    modelId,
    openable,
    quote,
    idempotency: call.idempotency,
    traceId: submission.traceId,
    atMs: deps.clock.now(),
    checkAtMs: deps.clock.now() + STALE_RESERVED_MS,
  });
  const placed = await place(deps, time, { model, input, ownHosts, holdNow })
    .catch(noting(deps, model))
    .catch((error: unknown) => findTwin(deps, call, error));
  if ('jobId' in placed) {
    return placed;
  }
  const { hold, reserved } = placed;
  if (reserved.kind === 'repeated') {
    return (await findFirst(deps, call)) ?? inFlight();
  }
  const { report, account } = reserved;
  const admitted = { hold, time, account, chosenAtMs: hold.atMs, report };
  const headers = await send(deps, admitted, { modelId: model.upstreamId, body });
  return { jobId: hold.jobId, headers, warnings: [...warnings, ...placed.warnings] };
}

/** An input that is refused is noted for the operator on its way. */
function noting(deps: SubmitRuntime, model: Offer): (error: unknown) => never {
  return (error) => {
    noteRefusal(deps, model, error);
    throw error;
  };
}

/** Posts, and records what became of it; what is answered tells of the caller's limits. */
async function send(
  deps: SubmitRuntime,
  { report, ...start }: Admitted & { report: Report },
  order: Order,
): Promise<Record<string, string>> {
  const { hold } = start;
  const { admitted, outcome } = await dispatch(deps, start, order);
  try {
    await recordOutcome(deps, admitted, outcome);
    return limitHeaders(report, hold);
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    const isOpen = outcome.kind === 'accepted' || outcome.kind === 'unknown';
    const left = isOpen ? report : givenBack(report, hold.quote.holdMicros);
    throw error.withHeaders(limitHeaders(left, hold));
  }
}

type Wish = { model: Offer; input: Record<string, unknown>; ownHosts: () => string[]; holdNow: () => Hold };
type Placed = { hold: Hold; reserved: Reserved; warnings: string[] };

/** Looks at the media, then passes the gate: probes take their time, and what limits count is the instant of the gate. */
async function place(deps: SubmitRuntime, time: SubmitTime, wish: Wish): Promise<Placed> {
  const { model, input, ownHosts, holdNow } = wish;
  const admit = () => ask(time, () => requireRoom(deps, holdNow()));
  const warnings = await checkMediaOf(deps, model, { input, ownHosts, admit });
  if (!maySend(time)) {
    throw outOfTime();
  }
  const hold = holdNow();
  return { hold, reserved: await reserve(deps, time, hold), warnings };
}

/**
 * The first submit with this Idempotency-Key may have come in, and taken the last room, while the media of both were
 * looked at: then its answer is this one's. Throws the error where there is none.
 */
async function findTwin(deps: SubmitRuntime, call: SubmitCall, error: unknown): Promise<Submitted> {
  const isRefused = error instanceof Problem && error.code !== 'storage_unavailable';
  const twin = isRefused ? await findFirst(deps, call) : null;
  if (twin === null) {
    throw error;
  }
  return twin;
}

type MediaCheck = { input: Record<string, unknown>; ownHosts: () => string[]; admit: () => Promise<void> };

/** What is odd about the media inputs; throws 422 for what breaks their rules, where the model enforces them. */
async function checkMediaOf(deps: SubmitRuntime, model: Offer, check: MediaCheck): Promise<string[]> {
  const media = model.media === 'off' ? [] : findMedia(model.inputSchema, check.input);
  if (media.length === 0) {
    return [];
  }
  const options = { admit: check.admit, ownHosts: check.ownHosts() };
  const { errors, warnings } = await checkMedia(deps, media, options);
  if (model.media === 'enforce') {
    refuseInput(errors);
  }
  return [...errors.map(({ message }) => message), ...warnings];
}

async function idempotencyOf(
  principal: Principal,
  { idempotencyKey: key, body }: Submission,
): Promise<Hold['idempotency']> {
  return key === null ? null : { key, scope: idempotencyScope(principal), bodyHash: await sha256Hex(body) };
}
