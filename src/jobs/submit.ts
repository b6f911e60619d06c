// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its
// hold are in the books before RunComfy hears of it, and nothing is sent twice.

import { checkInput, quoteInput, requireQuote } from '../catalogue/check-input.ts';
import { requireModel } from '../catalogue/offered.ts';
import { findTerms } from '../catalogue/terms.ts';
import type { Deps } from '../deps.ts';
import type { Principal } from '../keys/principal.ts';
import { releaseRefused, reserve } from '../ledger/gate.ts';
import type { Hold, Room } from '../ledger/store.ts';
import { sha256Hex } from '../lib/hash.ts';
import { newId, type JobId } from '../lib/ids.ts';
import { reasonOf } from '../lib/log.ts';
import { Problem } from '../lib/problem.ts';
import { withBackoff } from '../lib/retry.ts';
import { ENV_ACCOUNT, getAccount } from '../upstream/account.ts';
import { submitUpstream, type SubmitOutcome } from '../upstream/submit.ts';
import { firstOutcome, nextCheckMs, STALE_RESERVED_MS } from './job.ts';
import { rememberOwner } from './owner.ts';
import { findJobByIdempotencyKey, markRunning, markUnconfirmed } from './store.ts';

export type Submission = { modelId: string; body: Uint8Array; idempotencyKey: string | null };

/** An accepted submit: `rooms` is how full each limit is with it. A replay has counted and spent nothing. */
export type Submitted = { jobId: JobId; atMs: number; rooms: Room[]; replayed: boolean };

const RECORD_TRIES = 4;

/** Tells a client that the answer is the first one again (draft-ietf-httpapi-idempotency-key-header). */
export const REPLAYED = { 'Idempotent-Replayed': 'true' };

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
  await record(deps, hold, outcome);
  return { jobId: hold.jobId, atMs, rooms: reserved.rooms, replayed: false };
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
  return { jobId: job.id, atMs: job.createdAtMs, rooms: [], replayed: true };
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

async function record(deps: Deps, hold: Hold, outcome: SubmitOutcome): Promise<void> {
  switch (outcome.kind) {
    case 'accepted':
      return recordAccepted(deps, hold, outcome.upstreamId);
    case 'refused':
      return recordRefused(deps, hold, outcome);
    case 'unknown':
      return recordUnknown(deps, hold, outcome.status);
  }
}

/** D1 and KV in parallel; either is enough to find the job again, so the answer waits for the first. */
async function recordAccepted(deps: Deps, hold: Hold, upstreamId: string): Promise<void> {
  const { jobId, customerId, tokenId, accountId } = hold;
  const checkAtMs = nextCheckMs({ createdAtMs: hold.atMs }, deps.clock.now());
  const inBooks = withBackoff(deps.clock, RECORD_TRIES, () =>
    markRunning(deps.db, jobId, { upstreamId, checkAtMs }),
  );
  const inCopy = rememberOwner(deps, { jobId, customerId, tokenId, accountId, upstreamId });
  deps.after(Promise.all([inBooks, inCopy]));
  try {
    await Promise.any([inBooks, inCopy]);
  } catch (error) {
    deps.log.error('accepted_but_unrecorded', { job: jobId, account: accountId, upstream_id: upstreamId });
    throw unknownOutcome(jobId, 'RunComfy took the job, but no store could note its id.', { cause: error });
  }
}

async function recordRefused(
  deps: Deps,
  hold: Hold,
  outcome: Extract<SubmitOutcome, { kind: 'refused' }>,
): Promise<void> {
  if (outcome.alarm) {
    const { accountId, modelId, jobId } = hold;
    const fields = { account: accountId, model: modelId, job: jobId, upstream_status: outcome.status };
    deps.log.error('upstream_refused_submit', { ...fields, code: outcome.code });
  }
  await withBackoff(deps.clock, RECORD_TRIES, () => releaseRefused(deps, hold.jobId)).catch(
    (error: unknown) => {
      deps.log.error('refusal_unrecorded', { job: hold.jobId, reason: reasonOf(error) });
    },
  );
  throw refusedBy(outcome);
}

async function recordUnknown(deps: Deps, hold: Hold, status: number | null): Promise<void> {
  deps.log.error('submit_outcome_unknown', {
    job: hold.jobId,
    account: hold.accountId,
    ...(status === null ? {} : { upstream_status: status }),
  });
  const checkAtMs = deps.clock.now() + STALE_RESERVED_MS;
  // Should this fail, the cron finds the stale `reserved` row and does the same.
  deps.after(withBackoff(deps.clock, RECORD_TRIES, () => markUnconfirmed(deps.db, hold.jobId, checkAtMs)));
  throw unknownOutcome(hold.jobId, 'RunComfy did not say whether it took the job.');
}

function unknownOutcome(
  jobId: JobId,
  what: string,
  about: { cause?: unknown; replayed?: boolean } = {},
): Problem {
  return new Problem(
    'outcome_unknown',
    `${what} It may be running and is not sent again; its hold stays until that is known. ` +
      `Ask for the status of ${jobId} before you submit it once more.`,
    { jobId, cause: about.cause, headers: about.replayed === true ? REPLAYED : {} },
  );
}

function refusedBy(outcome: Extract<SubmitOutcome, { kind: 'refused' }>): Problem {
  switch (outcome.code) {
    case 'invalid_input': {
      const said = outcome.message === null ? '' : ` It said: ${outcome.message.slice(0, 300)}`;
      return new Problem('invalid_input', `RunComfy refused the input; nothing was spent.${said}`);
    }
    case 'model_unavailable':
      return new Problem('model_unavailable', 'RunComfy does not offer this model now. Nothing was spent.');
    case 'upstream_unavailable':
      return new Problem('upstream_unavailable', 'RunComfy takes no jobs for now. Nothing was spent.', {
        retryAfterSeconds: 30,
      });
  }
}
