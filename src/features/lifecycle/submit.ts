// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its
// hold are in the books before RunComfy hears of it, and nothing is sent twice.

import { checkInput, quoteInput, refuseInput, requireQuote } from '../intake/check-input.ts';
import { keepRefusals, noteRefusal } from '../intake/note-refusal.ts';
import { requireLoras } from '../intake/lora.ts';
import type { Offer } from '../catalogue/model.ts';
import { requireModel } from '../catalogue/offered.ts';
import type { Quote, Terms } from '../pricing/price.ts';
import { findTerms } from '../pricing/terms.ts';
import type { SubmitRuntime } from './memory.ts';
import { renewPrincipal } from '../keys/authenticate.ts';
import { idempotencyScope, presentedKey, type Principal } from '../keys/principal.ts';
import { requireRoom, reserve, type Reserved } from '../ledger/gate.ts';
import { limitHeaders } from '../ledger/limit-headers.ts';
import { withoutJob, type LimitReport } from '../ledger/limit-usage.ts';
import type { NewJob } from '../ledger/store.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { newJobId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { checkMedia, type MediaFindings } from '../media/check-media.ts';
import { findOwnFiles } from '../files/own-files.ts';
import { findMedia, type MediaInput } from '../media/media-inputs.ts';
import { askedTooOften, returnProbes } from '../media/probe-rate.ts';
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
  const { modelId, body } = submission;
  const model = await ask(time, () => requireModel(deps, principal, modelId));
  const terms = await ask(time, () => findTerms(deps, principal, model));
  const { quote, media, warnings } = await appraise(deps, call, { model, terms }).catch(noting(deps, model));
  const openable = await openableBy(deps);
  const newJob = (): NewJob => ({
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
    terms: principal.terms,
    atMs: deps.clock.now(),
    checkAtMs: deps.clock.now() + STALE_RESERVED_MS,
  });
  const placed = await place(deps, time, { call, model, media, newJob })
    .catch(noting(deps, model))
    .catch((error: unknown) => findTwin(deps, call, error));
  if ('jobId' in placed) {
    return placed;
  }
  const { job, reserved } = placed;
  if (reserved.kind === 'repeated') {
    return (await findFirst(deps, call)) ?? inFlight();
  }
  if (reserved.kind === 'outdated') {
    return submitNew(deps, { ...call, principal: await ask(time, () => renewPrincipal(deps, principal)) });
  }
  const { report, account } = reserved;
  const admitted = { job, time, account, chosenAtMs: job.atMs, report };
  const headers = await send(deps, admitted, { modelId: model.upstreamId, body });
  returnProbes(deps, placed.seen.probed);
  return { jobId: job.jobId, headers, warnings: [...warnings, ...placed.seen.warnings] };
}

type Appraised = { quote: Quote; media: MediaInput[]; warnings: string[] };

/**
 * What the input costs, what is odd about it, and the media in it; throws for what is not sold. Its values are gone when
 * this returns: they may take many times the memory of the body, and RunComfy's answer takes its time.
 */
async function appraise(
  deps: SubmitRuntime,
  { principal, submission }: SubmitCall,
  { model, terms }: { model: Offer; terms: Terms },
): Promise<Appraised> {
  const { input, warnings } = await checkInput(deps, model, submission.body);
  requireLoras(input, { schema: model.inputSchema, allowed: principal.loras });
  const quote = requireQuote(quoteInput(model, terms, input));
  return { quote, media: model.media === 'off' ? [] : findMedia(model.inputSchema, input), warnings };
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
  { report, ...start }: Admitted & { report: LimitReport },
  order: Order,
): Promise<Record<string, string>> {
  const { job } = start;
  const { admitted, outcome } = await dispatch(deps, start, order);
  try {
    await recordOutcome(deps, admitted, outcome);
    return limitHeaders(report, job);
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    const isOpen = outcome.kind === 'accepted' || outcome.kind === 'unknown';
    const left = isOpen ? report : withoutJob(report, job.quote.holdMicros);
    throw error.withHeaders(limitHeaders(left, job));
  }
}

type Wish = { call: SubmitCall; model: Offer; media: MediaInput[]; newJob: () => NewJob };
type Placed = { job: NewJob; reserved: Reserved; seen: SeenMedia };

/** Looks at the media, then passes the gate: probes take their time, and what limits count is the instant of the gate. */
async function place(deps: SubmitRuntime, time: SubmitTime, wish: Wish): Promise<Placed> {
  const { newJob } = wish;
  const admit = () => ask(time, () => requireRoom(deps, newJob()));
  const seen = await checkMediaOf(deps, wish, admit);
  if (!maySend(time)) {
    throw outOfTime();
  }
  const job = newJob();
  return { job, reserved: await reserve(deps, time, job), seen };
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

type SeenMedia = Pick<MediaFindings, 'warnings' | 'probed'>;

/**
 * What is odd about the media inputs. Where the model enforces their rules, it throws 422 for what breaks them, and 429
 * where they were not looked at because the key has had a host asked too often.
 */
async function checkMediaOf(
  deps: SubmitRuntime,
  { call, model, media }: Wish,
  admit: () => Promise<void>,
): Promise<SeenMedia> {
  const { principal, submission, time } = call;
  const key = presentedKey(principal);
  if (media.length === 0) {
    return { warnings: [], probed: { key, hosts: [] } };
  }
  const ownHosts = submission.ownHosts();
  const origins = [submission.origin, ...ownHosts.map((host) => `https://${host}`)];
  const options = {
    admit,
    key,
    ownHosts,
    known: (seen: MediaInput[]) =>
      ask(time, () => findOwnFiles(deps, principal.customerId, { media: seen, origins })),
  };
  const { errors, warnings, probed, heldBack } = await checkMedia(deps, media, options);
  if (model.media === 'enforce') {
    refuseInput(errors);
    if (heldBack !== null) {
      throw askedTooOften(heldBack);
    }
  }
  return { warnings: [...errors.map(({ message }) => message), ...warnings], probed };
}

async function idempotencyOf(
  principal: Principal,
  { idempotencyKey: key, body }: Submission,
): Promise<NewJob['idempotency']> {
  return key === null ? null : { key, scope: idempotencyScope(principal), bodyHash: await sha256Hex(body) };
}
