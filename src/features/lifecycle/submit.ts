// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its
// hold are in the books before RunComfy hears of it, and nothing is sent twice.

import { checkInput, quoteInput, refuseInput, requireQuote } from '../intake/check-input.ts';
import { requireLoras } from '../intake/lora.ts';
import type { Offer } from '../catalogue/model.ts';
import { requireModel } from '../catalogue/offered.ts';
import { findTerms } from '../pricing/terms.ts';
import type { SubmitRuntime } from './memory.ts';
import type { Principal } from '../keys/principal.ts';
import { requireRoom, reserve, type Reserved } from '../ledger/gate.ts';
import { limitHeaders } from '../ledger/limit-headers.ts';
import { givenBack } from '../ledger/room.ts';
import { readReport, type Hold } from '../ledger/store.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { newJobId, type JobId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { checkMedia } from '../media/check-media.ts';
import { findMedia } from '../media/media-inputs.ts';
import { ENV_ACCOUNT, getAccount } from '../accounts/account.ts';
import { submitUpstream } from '../runcomfy/submit.ts';
import { firstOutcome, STALE_RESERVED_MS } from '../jobs/job.ts';
import { recordOutcome, REPLAYED, unknownOutcome } from './record-outcome.ts';
import { findJobByIdempotencyKey } from '../jobs/store.ts';

export type Submission = {
  modelId: string;
  body: Uint8Array;
  idempotencyKey: string | null;
  /** The id of the call. */
  traceId: string;
  /** Names of this gateway: no media can come from it. */
  ownHosts: () => string[];
};

/** An accepted submit, with what the answer tells of the caller's limits, and what is odd about its inputs. */
export type Submitted = { jobId: JobId; headers: Record<string, string>; warnings: string[] };

/** Accepts a submit or throws the Problem that says why not. Runs to its end even if the client hangs up. */
export async function submit(
  deps: SubmitRuntime,
  principal: Principal,
  submission: Submission,
): Promise<Submitted> {
  const idempotency = await idempotencyOf(submission);
  const first = await findFirst(deps, principal, { submission, idempotency });
  if (first !== null) {
    return first;
  }
  const { modelId, body, ownHosts } = submission;
  const model = await requireModel(deps, principal, modelId);
  const terms = await findTerms(deps, principal, model);
  const { input, warnings } = checkInput(deps, model, body);
  requireLoras(input, { schema: model.inputSchema, allowed: principal.loras });
  const quote = requireQuote(quoteInput(model, terms, input));
  const account = getAccount(deps, ENV_ACCOUNT);
  const holdNow = (): Hold => ({
    jobId: newJobId(),
    customerId: principal.customerId,
    keyId: principal.keyId,
    tokenId: principal.tokenId,
    modelId,
    accountId: ENV_ACCOUNT,
    quote,
    idempotency,
    traceId: submission.traceId,
    atMs: deps.clock.now(),
    checkAtMs: deps.clock.now() + STALE_RESERVED_MS,
  });
  const placed = await place(deps, { model, input, ownHosts, holdNow }).catch((error: unknown) =>
    findTwin(deps, principal, { submission, idempotency, error }),
  );
  if ('jobId' in placed) {
    return placed;
  }
  const { hold, reserved } = placed;
  if (reserved.kind === 'repeated') {
    return (await findFirst(deps, principal, { submission, idempotency })) ?? inFlight();
  }
  const outcome = await submitUpstream(deps.upstream, account, { modelId: model.upstreamId, body });
  const { report } = reserved;
  try {
    await recordOutcome(deps, hold, outcome);
  } catch (error) {
    if (error instanceof Problem && report !== null) {
      const left = outcome.kind === 'refused' ? givenBack(report, quote.holdMicros) : report;
      throw error.withHeaders(limitHeaders(left, hold.atMs));
    }
    throw error;
  }
  const headers = report === null ? {} : limitHeaders(report, hold.atMs);
  return { jobId: hold.jobId, headers, warnings: [...warnings, ...placed.warnings] };
}

type Order = { model: Offer; input: Record<string, unknown>; ownHosts: () => string[]; holdNow: () => Hold };
type Placed = { hold: Hold; reserved: Reserved; warnings: string[] };

/** Looks at the media, then passes the gate: probes take their time, and what limits count is the instant of the gate. */
async function place(deps: SubmitRuntime, { model, input, ownHosts, holdNow }: Order): Promise<Placed> {
  const admit = () => requireRoom(deps, holdNow());
  const warnings = await checkMediaOf(deps, model, { input, ownHosts, admit });
  const hold = holdNow();
  return { hold, reserved: await reserve(deps, hold), warnings };
}

/**
 * The first submit with this Idempotency-Key may have come in, and taken the last room, while the media of both were
 * looked at: then its answer is this one's. Throws the error where there is none.
 */
async function findTwin(
  deps: SubmitRuntime,
  principal: Principal,
  { error, ...about }: { submission: Submission; idempotency: Idempotency; error: unknown },
): Promise<Submitted> {
  const isRefused = error instanceof Problem && error.code !== 'storage_unavailable';
  const twin = isRefused ? await findFirst(deps, principal, about) : null;
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

type Idempotency = Hold['idempotency'];

async function idempotencyOf({ idempotencyKey, body }: Submission): Promise<Idempotency> {
  return idempotencyKey === null ? null : { key: idempotencyKey, bodyHash: await sha256Hex(body) };
}

/** The answer that the first submit with this Idempotency-Key has got, or null if there was none. */
async function findFirst(
  deps: SubmitRuntime,
  principal: Principal,
  { submission, idempotency }: { submission: Submission; idempotency: Idempotency },
): Promise<Submitted | null> {
  const job =
    idempotency === null ? null : await findJobByIdempotencyKey(deps.db, principal, idempotency.key);
  if (job === null) {
    return null;
  }
  if (job.modelId !== submission.modelId || job.bodyHash !== idempotency?.bodyHash) {
    throw new Problem(
      'idempotency_mismatch',
      'This Idempotency-Key was used before, for another model or another body. Take a new key.',
    );
  }
  const outcome = firstOutcome(job);
  if (outcome === 'in flight') {
    inFlight();
  }
  if (outcome === 'unknown') {
    throw unknownOutcome(job.id, 'RunComfy did not say whether it took the job.', { replayed: true });
  }
  // A replay counts and costs nothing.
  const nowMs = deps.clock.now();
  const report = await readReport(deps.db, { ...principal, atMs: nowMs });
  return { jobId: job.id, headers: { ...limitHeaders(report, nowMs), ...REPLAYED }, warnings: [] };
}

function inFlight(): never {
  throw new Problem(
    'request_in_flight',
    'The first request with this Idempotency-Key has no answer yet. Ask again.',
    {
      retryAfterSeconds: 5,
    },
  );
}
