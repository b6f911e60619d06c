// A submit whose Idempotency-Key an earlier one has brought gets that one's answer. Nothing is sent for it, and it counts
// nowhere.

import { firstOutcomeOf, isUnanswered, type FirstOutcome, type Job } from '../jobs/job.ts';
import { claimUpstreamId } from '../jobs/owner.ts';
import { recall } from '../jobs/recall.ts';
import { findJobByIdempotencyKey } from '../jobs/store.ts';
import { beforePost, type SubmitTime } from '../jobs/submit-time.ts';
import { releaseRefused } from '../ledger/close-unpaid.ts';
import { callerLimits } from '../ledger/caller-limits.ts';
import { readLimitReport } from '../ledger/limit-usage-store.ts';
import { Problem } from '../../lib/problem.ts';
import type { SubmitRuntime } from './memory.ts';
import { unknownOutcome } from './record-outcome.ts';
import type { SubmitCall, Submitted } from './submission.ts';

/** The answer to the first submit with this Idempotency-Key, or null if the key is free. */
export async function findReplay(deps: SubmitRuntime, call: SubmitCall): Promise<Submitted | null> {
  const { principal, submission, time, idempotency } = call;
  if (idempotency === null) {
    return null;
  }
  const job = await beforePost(time, () =>
    findJobByIdempotencyKey(deps.db, principal.customerId, idempotency),
  );
  const outcome = job === null ? 'none' : await firstOutcome(deps, time, job);
  if (job === null || outcome === 'none') {
    return null;
  }
  if (job.modelId !== submission.modelId || job.bodyHash !== idempotency.bodyHash) {
    throw new Problem(
      'idempotency_mismatch',
      'This Idempotency-Key was used before, for another model or another body. Take a new key.',
    );
  }
  switch (outcome) {
    case 'in flight':
      throw inFlight();
    case 'unknown':
      throw unknownOutcome(job.id, 'RunComfy did not say whether it took the job.', { isReplay: true });
    case 'accepted': {
      const caller = { ...principal, atMs: deps.clock.now() };
      const report = await beforePost(time, () => readLimitReport(deps.db, caller));
      return { jobId: job.id, limits: callerLimits(report, caller), isReplay: true, warnings: [] };
    }
  }
}

/**
 * Where D1 does not know the outcome, KV may. `none`: RunComfy never got the job or refused it. Its hold is released
 * first, because only that frees the key.
 */
async function firstOutcome(deps: SubmitRuntime, time: SubmitTime, job: Job): Promise<FirstOutcome | 'none'> {
  const known = isUnanswered(job) ? await beforePost(time, () => recall(deps, job.id)) : null;
  if (known?.kind === 'ended') {
    await beforePost(time, () => releaseRefused(deps, job.id));
    return 'none';
  }
  if (known?.kind === 'accepted') {
    const { upstreamId } = known;
    if (await beforePost(time, () => claimUpstreamId(deps, job, upstreamId))) {
      return 'accepted';
    }
  }
  return firstOutcomeOf(job);
}

export function inFlight(): Problem {
  return new Problem(
    'request_in_flight',
    'The first request with this Idempotency-Key has no answer yet. Ask again.',
    { retryAfterSeconds: 5 },
  );
}
