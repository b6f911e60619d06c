// What is known after the one call that RunComfy gets for a submit, brought into the books. Either it says how the
// submit is answered, or it throws the Problem that does.

import type { LifecycleRuntime } from './memory.ts';
import { releaseRefused } from '../ledger/gate.ts';
import type { Hold } from '../ledger/store.ts';
import type { JobId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { withBackoff } from '../../lib/retry.ts';
import { accountStopped } from '../accounts/account-store.ts';
import { outcomeAccepted, outcomeRefused, outcomeUnknown, type Sent } from '../accounts/outcome-store.ts';
import type { SubmitOutcome } from '../runcomfy/submit.ts';
import { nextCheckMs, STALE_RESERVED_MS } from '../jobs/job.ts';
import { forgetOwner, isAnothers, rememberOwner } from '../jobs/owner.ts';
import { markRunning, markUnconfirmed } from '../jobs/store.ts';

const RECORD_TRIES = 4;

/** Tells a client that the answer is the first one again (draft-ietf-httpapi-idempotency-key-header). */
export const REPLAYED = { 'Idempotent-Replayed': 'true' };

type Refused = Extract<SubmitOutcome, { kind: 'refused' }>;

/** Returns when the acceptance is noted in at least one store; throws for everything else. */
export async function recordOutcome(
  deps: LifecycleRuntime,
  hold: Hold,
  outcome: SubmitOutcome,
): Promise<void> {
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
async function recordAccepted(deps: LifecycleRuntime, hold: Hold, upstreamId: string): Promise<void> {
  const { jobId, customerId, tokenId, accountId, modelId } = hold;
  const inBooks = noteInBooks(deps, hold, upstreamId);
  const inCopy = rememberOwner(deps, { jobId, customerId, tokenId, accountId, upstreamId, modelId });
  const inBoth = inBooks.then((isOurs) =>
    isOurs ? inCopy : inCopy.catch(() => undefined).then(() => forgetOwner(deps, jobId)),
  );
  deps.after(inBoth);
  let isOurs: boolean;
  try {
    isOurs = await Promise.any([inBooks, inCopy.then(() => true)]);
  } catch (error) {
    deps.log.error('accepted_but_unrecorded', { job: jobId, account: accountId, upstream_id: upstreamId });
    throw unknownOutcome(jobId, 'RunComfy took the job, but no store could note its id.', { cause: error });
  }
  if (!isOurs) {
    throw unknownOutcome(jobId, 'RunComfy answered with the id of another job.');
  }
}

/**
 * False when the id is another job's already: then nobody knows what became of this one, and whatever is asked in its
 * name must not reach the other.
 */
async function noteInBooks(deps: LifecycleRuntime, hold: Hold, upstreamId: string): Promise<boolean> {
  const { jobId, accountId } = hold;
  const nowMs = deps.clock.now();
  const checkAtMs = nextCheckMs({ createdAtMs: hold.atMs }, nowMs);
  const also = outcomeAccepted(deps.db, sentBy(hold), nowMs);
  const isMarked = await withBackoff(deps.clock, RECORD_TRIES, () =>
    markRunning(deps.db, jobId, { upstreamId, checkAtMs, also }),
  );
  if (isMarked || !(await isAnothers(deps, { jobId, accountId, upstreamId }))) {
    return true;
  }
  deps.log.error('upstream_id_twice', { job: jobId, account: accountId, upstream_id: upstreamId });
  markUnknownLater(deps, hold);
  return false;
}

async function recordRefused(deps: LifecycleRuntime, hold: Hold, outcome: Refused): Promise<void> {
  const { jobId, accountId, modelId } = hold;
  const { db, clock, log } = deps;
  if (outcome.alarm) {
    const fields = { account: accountId, model: modelId, job: jobId, upstream_status: outcome.status };
    log.error('upstream_refused_submit', { ...fields, code: outcome.code });
  }
  if (outcome.stop !== null) {
    // Known before the answer is: the next submit does not run into the same wall.
    await stopAccount(deps, hold, outcome.stop).catch((error: unknown) => {
      log.error('stop_unrecorded', { account: accountId, reason: reasonOf(error) });
    });
  }
  const also = outcomeRefused(db, sentBy(hold), { stops: outcome.stop !== null, nowMs: clock.now() });
  await withBackoff(clock, RECORD_TRIES, () => releaseRefused(deps, jobId, also)).catch((error: unknown) => {
    log.error('refusal_unrecorded', { job: jobId, reason: reasonOf(error) });
  });
  throw refusedBy(outcome);
}

async function stopAccount(
  deps: LifecycleRuntime,
  { accountId }: Hold,
  state: NonNullable<Refused['stop']>,
): Promise<void> {
  const stopped = await accountStopped(deps.db, accountId, { state, nowMs: deps.clock.now() }).run();
  if (stopped.meta.changes === 1) {
    deps.log.error('account_stopped', { account: accountId, outcome: state });
  }
}

async function recordUnknown(deps: LifecycleRuntime, hold: Hold, status: number | null): Promise<void> {
  const { jobId, accountId } = hold;
  deps.log.error('submit_outcome_unknown', {
    job: jobId,
    account: accountId,
    ...(status === null ? {} : { upstream_status: status }),
  });
  markUnknownLater(deps, hold);
  throw unknownOutcome(jobId, 'RunComfy did not say whether it took the job.');
}

/** Should it fail, the cron finds the stale `reserved` row and does the same. */
function markUnknownLater(deps: LifecycleRuntime, hold: Hold): void {
  deps.after(withBackoff(deps.clock, RECORD_TRIES, () => markUnknown(deps, hold)));
}

async function markUnknown(deps: LifecycleRuntime, hold: Hold): Promise<void> {
  const { jobId, accountId, customerId } = hold;
  const nowMs = deps.clock.now();
  const limit = deps.settings.unknownOutcomes;
  const checkAtMs = nowMs + STALE_RESERVED_MS;
  const also = outcomeUnknown(deps.db, sentBy(hold), { limit, nowMs });
  const [, account, customer] = await markUnconfirmed(deps.db, jobId, { checkAtMs, also });
  if (account?.results.some((row) => row['state'] !== 'ok' && row['since_ms'] === nowMs) === true) {
    deps.log.error('account_stopped', { account: accountId, outcome: 'unknown_outcomes' });
  }
  if (customer?.results.some((row) => row['held_back_at_ms'] === nowMs) === true) {
    deps.log.warn('customer_held_back', { customer: customerId });
  }
}

function sentBy({ accountId, customerId, atMs }: Hold): Sent {
  return { accountId, customerId, sentAtMs: atMs };
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
