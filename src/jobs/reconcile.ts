// What the cron does every minute: bring each job to its end, whatever died on the way. It takes the due rows by
// moving their next check ahead, so two crons at once do no harm, and asks RunComfy only for /result.

import type { Deps } from '../deps.ts';
import { endHold } from '../ledger/store.ts';
import { reasonOf } from '../lib/log.ts';
import { isLost, nextCheckMs, type Job } from './job.ts';
import { observe } from './observe.ts';
import { findCopy } from './owner.ts';
import { claimDue, countMissing, forgetMissing, markRunning, markUnconfirmed } from './store.ts';

/** Workers hold six connections that wait for headers; the rest would queue behind them. */
const AT_ONCE = 5;

/** One run of the cron; returns how many jobs it looked at. A job that fails is left for its next check. */
export async function reconcile(deps: Deps): Promise<number> {
  const due = await claimDue(deps.db, deps.clock.now(), deps.settings.cronJobs);
  const waiting = [...due];
  async function work(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        await bringOn(deps, job);
      } catch (error) {
        deps.log.warn('reconcile_failed', { job: job.id, reason: reasonOf(error) });
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return due.length;
}

async function bringOn(deps: Deps, job: Job): Promise<void> {
  switch (job.state) {
    case 'reserved':
    case 'unconfirmed':
      return findAgain(deps, job);
    case 'running':
      return follow(deps, job);
    default:
  }
}

/** A job whose outcome D1 does not know: KV may, if only the write to D1 was cut off. */
async function findAgain(deps: Deps, job: Job): Promise<void> {
  const nowMs = deps.clock.now();
  const copy = await findCopy(deps, job.id);
  if (copy !== null) {
    await markRunning(deps.db, job.id, { upstreamId: copy.upstreamId, checkAtMs: nextCheckMs(job, nowMs) });
    await observe(deps, copy);
  } else if (isLost(job, nowMs)) {
    await giveUp(deps, job);
  } else {
    await markUnconfirmed(deps.db, job.id, nextCheckMs(job, nowMs));
  }
}

async function follow(deps: Deps, job: Job): Promise<void> {
  const { id: jobId, customerId, tokenId, accountId, upstreamId } = job;
  if (upstreamId === null) {
    return;
  }
  const owned = { jobId, customerId, tokenId, accountId, upstreamId };
  const read = await observe(deps, owned);
  if (read.kind === 'end') {
    return;
  }
  const isKnown = read.kind === 'state';
  if (isLost(isKnown ? { ...job, missing: 0 } : job, deps.clock.now())) {
    await giveUp(deps, job);
  } else if (read.kind === 'missing') {
    await countMissing(deps.db, jobId, deps.clock.now());
  } else if (isKnown && job.missing > 0) {
    await forgetMissing(deps.db, jobId);
  }
}

/** Releases the hold; should RunComfy have run the job, that is the operator's loss, listed under `lost`. */
async function giveUp(deps: Deps, job: Job): Promise<void> {
  deps.log.error('job_lost', { job: job.id, account: job.accountId });
  await endHold(deps.db, {
    jobId: job.id,
    state: 'lost',
    chargeMicros: 0,
    atMs: deps.clock.now(),
    upstreamId: job.upstreamId,
    costMicros: null,
    result: null,
  });
}
