// Answers polls while RunComfy gives no readable answer. A job does not end because RunComfy is out of order for minutes,
// and clients give a paid job up after one 5xx, so the customer reads the last known state and the operator the alarm.

import type { LifecycleRuntime, Outage } from './memory.ts';
import { Problem } from '../../lib/problem.ts';
import type { Owned } from '../jobs/job.ts';
import type { Unreadable } from '../runcomfy/reads.ts';
import type { UpstreamState } from '../runcomfy/wire.ts';
import { lastRecent } from './recent.ts';

/** The longest time for which an unconfirmed state is answered. */
const BRIDGED_MS = 10 * 60_000;
const ALARM_EVERY_MS = 60_000;
const RETRY_AFTER_SECONDS = 30;

/** RunComfy has given a readable answer about the job. */
export function endOutage(deps: LifecycleRuntime, owned: Owned): void {
  deps.memory.outages.delete(owned.jobId);
}

/**
 * The state to answer with while RunComfy cannot be read; throws 503 after ten minutes of that. A 404 is readable: RunComfy
 * does not know the job for now, and the cron decides when that means lost.
 */
export function bridge(deps: LifecycleRuntime, owned: Owned, read: Unreadable): UpstreamState {
  if (read.kind === 'missing') {
    endOutage(deps, owned);
  } else if (noteUnreadable(deps, owned, read) >= BRIDGED_MS) {
    throw new Problem(
      'upstream_unavailable',
      'RunComfy has given no usable answer about this job for 10 minutes. The job is kept; ask again.',
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  }
  return lastRecent(deps, owned.jobId)?.state ?? { state: 'in_progress' };
}

/** Raises the alarm once a minute for each job; returns for how long the job has been unreadable here. */
export function noteUnreadable(deps: LifecycleRuntime, owned: Owned, read: Unreadable): number {
  const { outages } = deps.memory;
  const nowMs = deps.clock.now();
  const known = outages.get(owned.jobId, nowMs);
  const isDue = known === undefined || nowMs - known.alarmAtMs >= ALARM_EVERY_MS;
  const outage: Outage = {
    sinceMs: known?.sinceMs ?? nowMs,
    alarmAtMs: isDue ? nowMs : known.alarmAtMs,
  };
  outages.set(owned.jobId, outage, nowMs);
  if (isDue) {
    const fields = { job: owned.jobId, account: owned.accountId, outcome: read.kind };
    if (read.kind === 'unavailable' && read.alarm) {
      deps.log.error('upstream_refuses_account', { ...fields, upstream_status: read.status });
    } else {
      const status = read.kind === 'unavailable' ? { upstream_status: read.status } : {};
      deps.log.error('upstream_unreadable', { ...fields, ...status });
    }
  }
  return nowMs - outage.sinceMs;
}
