// What is known after the one call that RunComfy gets for a submit, brought into the books. Either it says how the
// submit is answered, or it throws the Problem that does.

import { countLatency } from '../health/latency-store.ts';
import type { LifecycleRuntime } from './memory.ts';
import { closeUnpaid } from '../ledger/close-unpaid.ts';
import type { NewJob } from '../ledger/store.ts';
import type { JobId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { SealedAccount } from '../accounts/open.ts';
import {
  accountAnswered,
  outcomeAccepted,
  outcomeUnknown,
  turnGivenBack,
  type Sent,
} from '../accounts/outcome-store.ts';
import type { SubmitOutcome } from '../runcomfy/submit.ts';
import { nextCheckMs, STALE_RESERVED_MS, type Owned } from '../jobs/job.ts';
import { keepWord } from '../jobs/keep-word.ts';
import { rememberOwner, writeCopy } from '../jobs/owner.ts';
import { findJobByUpstreamId, markRunning, markUnconfirmed } from '../jobs/store.ts';
import {
  D1_PAUSE_MS,
  elapsedMs,
  keepTelling,
  outOfTime,
  tell,
  type SubmitTime,
} from '../jobs/submit-time.ts';
import { refusedInput } from './refused-input.ts';

/** Tells a client that the answer is the first one again (draft-ietf-httpapi-idempotency-key-header). */
export const REPLAYED = { 'Idempotent-Replayed': 'true' };

/** The job that the gate admitted, the account that it is at and since when, and what time is left. */
export type Admitted = { job: NewJob; time: SubmitTime; account: SealedAccount; chosenAtMs: number };
/** `unsent`: there was no time left for the POST. `stopped`: nothing was accepted, and nothing may be sent any more. */
export type Outcome = SubmitOutcome | { kind: 'unsent' } | { kind: 'stopped'; problem: Problem };
export type Refused = Extract<SubmitOutcome, { kind: 'refused' }>;

/** Whether the account refused for a reason of its own, so that another one may take what it did not. */
export function isOfAccount({ stop, code }: Refused): boolean {
  return stop !== null || code === 'upstream_busy';
}

/** Returns when the acceptance is noted in at least one store; throws for everything else. */
export async function recordOutcome(
  deps: LifecycleRuntime,
  admitted: Admitted,
  outcome: Outcome,
): Promise<void> {
  switch (outcome.kind) {
    case 'accepted':
      return recordAccepted(deps, admitted, outcome.upstreamId);
    case 'refused':
      return recordRefused(deps, admitted, outcome);
    case 'unknown':
      return recordUnknown(deps, admitted, outcome.status);
    case 'unsent':
      return recordUnsent(deps, admitted, outOfTime());
    case 'stopped':
      return recordUnsent(deps, admitted, outcome.problem);
  }
}

/**
 * D1 first, which alone can tell whether the upstream id is this job's; then KV has it *confirmed*. KV has it
 * *provisional* at once if D1 fails or is slow, and is not written again before a poll has read the row: its key takes
 * one write a second.
 */
async function recordAccepted(deps: LifecycleRuntime, admitted: Admitted, upstreamId: string): Promise<void> {
  const { jobId, customerId, tokenId, endUser, modelId, atMs: createdAtMs } = admitted.job;
  const accountId = admitted.account.id;
  const owned: Owned = { jobId, customerId, tokenId, endUser, accountId, upstreamId, modelId, createdAtMs };
  const kept = await keepWord(deps, admitted.time, {
    jobId,
    inBooks: () => noteInBooks(deps, admitted, owned),
    inKv: () => writeCopy(deps, owned, { isConfirmed: false }),
  }).catch((error: unknown) => {
    deps.log.error('accepted_but_unrecorded', { job: jobId, account: accountId, upstream_id: upstreamId });
    throw unknownOutcome(jobId, 'RunComfy took the job, but no store could note its id.', { cause: error });
  });
  if (kept.store === 'KV') {
    return;
  }
  if (kept.value === 'of another job') {
    throw unknownOutcome(jobId, 'RunComfy answered with the id of another job.');
  }
  if (kept.value === 'noted' && !kept.isInKv) {
    deps.after(tell(admitted.time, () => rememberOwner(deps, owned)));
  }
}

type Noted = 'noted' | 'of another job' | 'too late';

/**
 * If the id is another job's already, nobody knows what became of this one, and whatever is asked in its name must not
 * reach the other. `too late`: the job was given up in the meantime, and its row stays as it is.
 */
async function noteInBooks(deps: LifecycleRuntime, admitted: Admitted, owned: Owned): Promise<Noted> {
  const { jobId, accountId, upstreamId } = owned;
  const { atMs } = admitted.job;
  const nowMs = deps.clock.now();
  const checkAtMs = nextCheckMs({ createdAtMs: atMs }, nowMs);
  const also = [
    countLatency(deps.db, { tookMs: elapsedMs(admitted.time), nowMs }),
    ...outcomeAccepted(deps.db, sentBy(admitted), nowMs),
  ];
  const isMarked = await markRunning(deps.db, jobId, { upstreamId, checkAtMs, also });
  const holder = isMarked ? jobId : await findJobByUpstreamId(deps.db, accountId, upstreamId);
  if (holder === jobId) {
    return 'noted';
  }
  const about = { job: jobId, account: accountId, upstream_id: upstreamId };
  if (holder === null) {
    deps.log.error('accepted_after_end', about);
    return 'too late';
  }
  deps.log.error('upstream_id_twice', about);
  markUnknownLater(deps, admitted);
  return 'of another job';
}

async function recordRefused(deps: LifecycleRuntime, admitted: Admitted, outcome: Refused): Promise<void> {
  const { code } = outcome;
  const sent = sentBy(admitted);
  const nowMs = deps.clock.now();
  // What an account that refused for itself has shown was noted when the job was to leave it.
  const also = [
    ...(isOfAccount(outcome) ? [] : [accountAnswered(deps.db, sent, nowMs)]),
    turnGivenBack(deps.db, sent, nowMs),
  ];
  const mark = { end: 'refused', reason: code } as const;
  await closeUnpaid(deps, admitted.time, { jobId: admitted.job.jobId, mark, isPlaced: true, also });
  throw refusedBy(outcome);
}

async function recordUnsent(
  deps: LifecycleRuntime,
  { job, time }: Admitted,
  problem: Problem,
): Promise<void> {
  const mark = { end: 'unsent', reason: problem.code } as const;
  await closeUnpaid(deps, time, { jobId: job.jobId, mark, isPlaced: true });
  throw problem;
}

async function recordUnknown(
  deps: LifecycleRuntime,
  admitted: Admitted,
  status: number | null,
): Promise<void> {
  const { jobId } = admitted.job;
  deps.log.error('submit_outcome_unknown', {
    job: jobId,
    account: admitted.account.id,
    ...(status === null ? {} : { upstream_status: status }),
  });
  markUnknownLater(deps, admitted);
  throw unknownOutcome(jobId, 'RunComfy did not say whether it took the job.');
}

/** Should it fail, the cron finds the stale `reserved` row and does the same. */
function markUnknownLater(deps: LifecycleRuntime, admitted: Admitted): void {
  deps.after(keepTelling(admitted.time, D1_PAUSE_MS, () => markUnknown(deps, admitted)));
}

async function markUnknown(deps: LifecycleRuntime, admitted: Admitted): Promise<void> {
  const { jobId, customerId } = admitted.job;
  const nowMs = deps.clock.now();
  const limit = deps.settings.unknownOutcomes;
  const checkAtMs = nowMs + STALE_RESERVED_MS;
  const also = outcomeUnknown(deps.db, sentBy(admitted), { limit, nowMs });
  const [, account, customer] = await markUnconfirmed(deps.db, jobId, { checkAtMs, also });
  if (account?.results.some((row) => row['state'] !== 'ok' && row['since_ms'] === nowMs) === true) {
    deps.log.error('account_stopped', { account: admitted.account.id, outcome: 'unknown_outcomes' });
  }
  if (customer?.results.some((row) => row['held_back_at_ms'] === nowMs) === true) {
    deps.log.warn('customer_held_back', { customer: customerId });
  }
}

export function sentBy({ job, account, chosenAtMs }: Admitted): Sent {
  return { accountId: account.id, customerId: job.customerId, sentAtMs: job.atMs, chosenAtMs };
}

/** It may be running, so it is not sent again, and the customer is told so. */
export function unknownOutcome(
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

function refusedBy(outcome: Refused): Problem {
  switch (outcome.code) {
    case 'invalid_input':
      return refusedInput(outcome);
    case 'model_unavailable':
      return new Problem('model_unavailable', 'RunComfy does not offer this model now. Nothing was spent.');
    case 'upstream_busy':
      return new Problem(
        'upstream_busy',
        'RunComfy is busy and did not take the job. Nothing was spent; submit it again after Retry-After.',
        { retryAfterSeconds: outcome.retryAfterSeconds },
      );
    case 'upstream_unavailable':
      return new Problem('upstream_unavailable', 'RunComfy takes no jobs for now. Nothing was spent.', {
        retryAfterSeconds: 30,
      });
  }
}
