// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its
// hold are in the books before RunComfy hears of it, and nothing is sent twice.

import { checkInput, quoteInput, requireQuote } from '../catalogue/check-input.ts';
import { requireModel } from '../catalogue/offered.ts';
import { findTerms } from '../catalogue/terms.ts';
import type { Deps } from '../deps.ts';
import type { Principal } from '../keys/principal.ts';
import { reserve } from '../ledger/gate.ts';
import { limitHeaders } from '../ledger/limit-headers.ts';
import { givenBack } from '../ledger/room.ts';
import { readReport, type Hold } from '../ledger/store.ts';
import { sha256Hex } from '../lib/hash.ts';
import { newId, type JobId } from '../lib/ids.ts';
import { Problem } from '../lib/problem.ts';
import { ENV_ACCOUNT, getAccount } from '../upstream/account.ts';
import { submitUpstream } from '../upstream/submit.ts';
import { firstOutcome, STALE_RESERVED_MS } from './job.ts';
import { recordOutcome, REPLAYED, unknownOutcome } from './record-outcome.ts';
import { findJobByIdempotencyKey } from './store.ts';

export type Submission = { modelId: string; body: Uint8Array; idempotencyKey: string | null };

/** An accepted submit, with what the answer tells of the caller's limits. */
export type Submitted = { jobId: JobId; headers: Record<string, string> };

/** Accepts a submit or throws the Problem that says why not. Runs to its end even if the client hangs up. */
export async function submit(deps: Deps, principal: Principal, submission: Submission): Promise<Submitted> {
  const idempotency = await idempotencyOf(submission);
  const first = await findFirst(deps, principal, { submission, idempotency });
  if (first !== null) {
    return first;
  }
  const { modelId, body } = submission;
  const model = await requireModel(deps, principal, modelId);
  const terms = await findTerms(deps, principal, modelId);
  const quote = requireQuote(quoteInput(model, terms, checkInput(deps, model, body)));
  const account = getAccount(deps, ENV_ACCOUNT);
  const atMs = deps.clock.now();
  const hold: Hold = {
    jobId: newId('job'),
    customerId: principal.customerId,
    keyId: principal.keyId,
    tokenId: principal.tokenId,
    modelId,
    accountId: ENV_ACCOUNT,
    quote,
    idempotency,
    atMs,
    checkAtMs: atMs + STALE_RESERVED_MS,
  };
  const reserved = await reserve(deps, hold);
  if (reserved.kind === 'repeated') {
    return (await findFirst(deps, principal, { submission, idempotency })) ?? inFlight();
  }
  const outcome = await submitUpstream(deps.upstream, account, { modelId, body });
  const { report } = reserved;
  try {
    await recordOutcome(deps, hold, outcome);
  } catch (error) {
    if (error instanceof Problem && report !== null) {
      const left = outcome.kind === 'refused' ? givenBack(report, quote.holdMicros) : report;
      throw error.withHeaders(limitHeaders(left, atMs));
    }
    throw error;
  }
  return { jobId: hold.jobId, headers: report === null ? {} : limitHeaders(report, atMs) };
}

type Idempotency = Hold['idempotency'];

async function idempotencyOf({ idempotencyKey, body }: Submission): Promise<Idempotency> {
  return idempotencyKey === null ? null : { key: idempotencyKey, bodyHash: await sha256Hex(body) };
}

/** The answer that the first submit with this Idempotency-Key has got, or null if there was none. */
async function findFirst(
  deps: Deps,
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
  return { jobId: job.id, headers: { ...limitHeaders(report, nowMs), ...REPLAYED } };
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
