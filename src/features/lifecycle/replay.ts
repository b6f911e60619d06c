// What a submit is told whose Idempotency-Key an earlier one has brought. Nothing is sent for it, and it counts nowhere.

import { firstOutcomeOf, isUndecided, type FirstOutcome, type Job } from '../jobs/job.ts';
import { takeUpstreamId } from '../jobs/owner.ts';
import { recall } from '../jobs/recall.ts';
import { findJobByIdempotencyKey } from '../jobs/store.ts';
import { ask, type SubmitTime } from '../jobs/submit-time.ts';
import { releaseRefused } from '../ledger/close-unpaid.ts';
import { limitHeaders } from '../ledger/limit-headers.ts';
import { readLimitReport } from '../ledger/limit-usage-store.ts';
import { Problem } from '../../lib/problem.ts';
import type { SubmitRuntime } from './memory.ts';
import { REPLAYED, unknownOutcome } from './record-outcome.ts';
import type { SubmitCall, Submitted } from './submission.ts';

/** The answer that the first submit with this Idempotency-Key has got, or null if the key is free. */
export async function findFirst(deps: SubmitRuntime, call: SubmitCall): Promise<Submitted | null> {
  const { principal, submission, time, idempotency } = call;
  if (idempotency === null) {
    return null;
  }
  const job = await ask(time, () => findJobByIdempotencyKey(deps.db, principal.customerId, idempotency));
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
  if (outcome === 'in flight') {
    inFlight();
  }
  if (outcome === 'unknown') {
    throw unknownOutcome(job.id, 'RunComfy did not say whether it took the job.', { replayed: true });
  }
  // A replay counts and costs nothing.
  const nowMs = deps.clock.now();
  const report = await ask(time, () => readLimitReport(deps.db, { ...principal, atMs: nowMs }));
  return {
    jobId: job.id,
    headers: { ...limitHeaders(report, { ...principal, atMs: nowMs }), ...REPLAYED },
    warnings: [],
  };
}

/**
 * Where D1 does not know the outcome, KV may. `none`: RunComfy never got the job or refused it. D1 gives everything
 * back first, for only that frees the key.
 */
async function firstOutcome(deps: SubmitRuntime, time: SubmitTime, job: Job): Promise<FirstOutcome | 'none'> {
  const known = isUndecided(job) ? await ask(time, () => recall(deps, job.id)) : null;
  if (known?.kind === 'ended') {
    await ask(time, () => releaseRefused(deps, job.id));
    return 'none';
  }
  const claimed = known?.kind === 'accepted' ? known.upstreamId : null;
  const wasRecovered = claimed !== null && (await ask(time, () => takeUpstreamId(deps, job, claimed)));
  return wasRecovered ? 'accepted' : firstOutcomeOf(job);
}

export function inFlight(): never {
  throw new Problem(
    'request_in_flight',
    'The first request with this Idempotency-Key has no answer yet. Ask again.',
    {
      retryAfterSeconds: 5,
    },
  );
}
