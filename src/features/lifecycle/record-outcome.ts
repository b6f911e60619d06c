// Brings into the books what is known after the one POST that RunComfy gets for a submit.

import { countLatency } from '../health/latency-store.ts';
import type { LifecycleRuntime } from './memory.ts';
import { closeUnpaid } from '../ledger/close-unpaid.ts';
import type { NewJob } from '../ledger/new-job.ts';
import type { JobId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { SealedAccount } from '../accounts/open.ts';
import {
  accountAnswered,
  outcomeAccepted,
  outcomeUnknown,
  releaseProbe,
  type Sent,
} from '../accounts/outcome-store.ts';
import type { SubmitOutcome } from '../runcomfy/submit.ts';
import { nextCheckMs, STALE_RESERVED_MS, type Owned } from '../jobs/job.ts';
import { recordInEither } from '../jobs/record-in-either.ts';
import { rememberOwner, writeCopy } from '../jobs/owner.ts';
import { findJobByUpstreamId, markRunning, markUnconfirmed } from '../jobs/store.ts';
import {
  callStore,
  D1_PAUSE_MS,
  elapsedMs,
  outOfTime,
  retryStore,
  type SubmitTime,
} from '../jobs/submit-time.ts';
import { refusedInput } from './refused-input.ts';

/** The job that the gate admitted, its account and since when, and the time that is left. */
export type Admitted = { job: NewJob; time: SubmitTime; account: SealedAccount; chosenAtMs: number };
/** `unsent`: there was no time left for the POST. `stopped`: nothing was accepted, and nothing may be sent any more. */
export type Outcome = SubmitOutcome | { kind: 'unsent' } | { kind: 'stopped'; problem: Problem };
export type Refused = Extract<SubmitOutcome, { kind: 'refused' }>;

/** The account refused for a reason of its own, so another one may take the job. */
export function isAccountRefusal({ stop, code }: Refused): boolean {
  return stop !== null || code === 'upstream_busy';
}

/**
 * Records the outcome in at least one store. Returns the Problem that answers the submit; null: RunComfy took the job, and
 * a store has its id.
 */
export async function recordOutcome(
  deps: LifecycleRuntime,
  admitted: Admitted,
  outcome: Outcome,
): Promise<Problem | null> {
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
 * D1 first, because it alone knows if the upstream id is already another job's; then KV has it *confirmed*. If D1 fails or
 * is slow, KV has it *provisional* at once, and is not written again before a poll has read the row: its key takes one
 * write a second.
 */
async function recordAccepted(
  deps: LifecycleRuntime,
  admitted: Admitted,
  upstreamId: string,
): Promise<Problem | null> {
  const { jobId, customerId, tokenId, endUser, modelId, atMs: createdAtMs } = admitted.job;
  const accountId = admitted.account.id;
  const owned: Owned = { jobId, customerId, tokenId, endUser, accountId, upstreamId, modelId, createdAtMs };
  try {
    const recorded = await recordInEither(deps, admitted.time, {
      jobId,
      inD1: () => markAccepted(deps, admitted, owned),
      inKv: () => writeCopy(deps, owned, { isConfirmed: false }),
    });
    if (recorded.store === 'D1' && recorded.value === 'of another job') {
      return unknownOutcome(jobId, 'RunComfy answered with the id of another job.');
    }
    if (recorded.store === 'D1' && recorded.value === 'marked' && !recorded.isInKv) {
      deps.after(callStore(admitted.time, () => rememberOwner(deps, owned)));
    }
    return null;
  } catch (error) {
    deps.log.error('accepted_but_unrecorded', { job: jobId, account: accountId, upstream_id: upstreamId });
    return unknownOutcome(jobId, 'RunComfy took the job, but no store could note its id.', { cause: error });
  }
}

type Marked = 'marked' | 'of another job' | 'too late';

/**
 * `of another job`: nobody knows what became of this one, and whatever is asked in its name must not reach the other.
 * `too late`: the job was given up in the meantime, and its row stays as it is.
 */
async function markAccepted(deps: LifecycleRuntime, admitted: Admitted, owned: Owned): Promise<Marked> {
  const { jobId, accountId, upstreamId } = owned;
  const { atMs } = admitted.job;
  const nowMs = deps.clock.now();
  const checkAtMs = nextCheckMs({ createdAtMs: atMs }, nowMs);
  const behind = [
    countLatency(deps.db, { tookMs: elapsedMs(admitted.time), nowMs }),
    ...outcomeAccepted(deps.db, sentBy(admitted), nowMs),
  ];
  const isMarked = await markRunning(deps.db, { jobId, upstreamId, checkAtMs }, { before: [], behind });
  const holder = isMarked ? jobId : await findJobByUpstreamId(deps.db, accountId, upstreamId);
  if (holder === jobId) {
    return 'marked';
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

async function recordRefused(deps: LifecycleRuntime, admitted: Admitted, outcome: Refused): Promise<Problem> {
  const sent = sentBy(admitted);
  const nowMs = deps.clock.now();
  // The refusal of an account for itself was noted when the job was to leave it.
  const behind = [
    ...(isAccountRefusal(outcome) ? [] : [accountAnswered(deps.db, sent, nowMs)]),
    releaseProbe(deps.db, sent, nowMs),
  ];
  const mark = { end: 'refused', reason: outcome.code } as const;
  await closeUnpaid(deps, admitted.time, { jobId: admitted.job.jobId, mark, isPlaced: true, behind });
  return refusedBy(outcome);
}

async function recordUnsent(
  deps: LifecycleRuntime,
  { job, time }: Admitted,
  problem: Problem,
): Promise<Problem> {
  const mark = { end: 'unsent', reason: problem.code } as const;
  await closeUnpaid(deps, time, { jobId: job.jobId, mark, isPlaced: true });
  return problem;
}

function recordUnknown(deps: LifecycleRuntime, admitted: Admitted, status: number | null): Problem {
  const { jobId } = admitted.job;
  deps.log.error('submit_outcome_unknown', {
    job: jobId,
    account: admitted.account.id,
    ...(status === null ? {} : { upstream_status: status }),
  });
  markUnknownLater(deps, admitted);
  return unknownOutcome(jobId, 'RunComfy did not say whether it took the job.');
}

/** Should it fail, the cron finds the stale `reserved` row and does the same. */
function markUnknownLater(deps: LifecycleRuntime, admitted: Admitted): void {
  deps.after(retryStore(admitted.time, D1_PAUSE_MS, () => markUnknown(deps, admitted)));
}

async function markUnknown(deps: LifecycleRuntime, admitted: Admitted): Promise<void> {
  const { jobId, customerId } = admitted.job;
  const nowMs = deps.clock.now();
  const limit = deps.settings.unknownOutcomes;
  const checkAtMs = nowMs + STALE_RESERVED_MS;
  const behind = outcomeUnknown(deps.db, sentBy(admitted), { limit, nowMs });
  const [account, customer] = await markUnconfirmed(deps.db, { jobId, checkAtMs }, behind);
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

/** The job may be running, so it is not sent again, and the answer says so. */
export function unknownOutcome(
  jobId: JobId,
  reason: string,
  about: { cause?: unknown; isReplay?: boolean } = {},
): Problem {
  return new Problem(
    'outcome_unknown',
    `${reason} It may be running and is not sent again; its hold stays until that is known. ` +
      `Ask for the status of ${jobId} before you submit it once more.`,
    { jobId, ...about },
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
