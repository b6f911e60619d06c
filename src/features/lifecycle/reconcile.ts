// What the cron does every minute: bring each job to its end, whatever died on the way. It takes the due rows by
// moving their next check ahead, so two crons at once do no harm, and asks RunComfy only for /result.

import type { LifecycleRuntime } from './memory.ts';
import { endHolds, unpaid } from '../ledger/end-store.ts';
import { releaseRefused } from '../ledger/give-back.ts';
import { reasonOf } from '../../lib/log.ts';
import { endStateOf, isLost, nextCheckMs, type Job } from '../jobs/job.ts';
import { askResult } from './ask.ts';
import { settle } from './observe.ts';
import type { EndMark } from '../jobs/end-mark.ts';
import { recall } from '../jobs/recall.ts';
import { claimDue, countMissing, forgetMissing, markRunning, markUnconfirmed } from '../jobs/store.ts';

/** Workers hold six connections that wait for headers; the rest would queue behind them. */
const AT_ONCE = 5;

/** One run of the cron; returns how many jobs it looked at. A job that fails is left for its next check. */
export async function reconcile(deps: LifecycleRuntime): Promise<number> {
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

async function bringOn(deps: LifecycleRuntime, job: Job): Promise<void> {
  switch (job.state) {
    case 'reserved':
    case 'unconfirmed':
      return findAgain(deps, job);
    case 'running':
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return follow(deps, job);
    default:
  }
}

/** A job whose outcome D1 does not know: KV may, if only the write to D1 was cut off. Without KV nothing is decided. */
async function findAgain(deps: LifecycleRuntime, job: Job): Promise<void> {
  const nowMs = deps.clock.now();
  const checkAtMs = nextCheckMs(job, nowMs);
  const known = await recall(deps, job.id);
  if (known.kind === 'unreadable') {
    return;
  }
  if (known.kind === 'ended') {
    return giveBack(deps, job, known.mark);
  }
  const upstreamId = known.kind === 'accepted' ? known.upstreamId : null;
  if (upstreamId !== null && (await markRunning(deps.db, job.id, { upstreamId, checkAtMs }))) {
    await follow(deps, { ...job, state: 'running', upstreamId });
  } else if (isLost(job, nowMs, deps.settings.unconfirmedLostMs)) {
    await giveUp(deps, job);
  } else {
    await markUnconfirmed(deps.db, job.id, { checkAtMs });
  }
}

/** RunComfy never got the job or refused it: the hold, the request counts and the Idempotency-Key are given back. */
async function giveBack(deps: LifecycleRuntime, { id }: Job, { end, reason }: EndMark): Promise<void> {
  if ((await releaseRefused(deps, id)) === 1) {
    deps.log.info('job_refused', { job: id, outcome: end, reason });
  }
}

/** Asks for the end of a running job, or for the cost of one that has ended without it. */
async function follow(deps: LifecycleRuntime, job: Job): Promise<void> {
  const { id, accountId, upstreamId } = job;
  if (upstreamId === null) {
    return;
  }
  const read = await askResult(deps, { accountId, upstreamId });
  const ended = endStateOf(job);
  if (read.kind === 'end') {
    return settle(deps, job, read);
  }
  if (ended !== null) {
    const { successWord } = job;
    return settle(deps, job, {
      result: job.result ?? { state: ended },
      successWord,
      cost: { kind: 'absent' },
    });
  }
  const nowMs = deps.clock.now();
  // Only one more 404 makes earlier ones count: silence says nothing of the job.
  const counted = read.kind === 'missing' ? job : { ...job, missing: 0 };
  if (isLost(counted, nowMs, deps.settings.unconfirmedLostMs)) {
    await giveUp(deps, job);
  } else if (read.kind === 'missing') {
    await countMissing(deps.db, id, nowMs);
  } else if (read.kind === 'state' && job.missing > 0) {
    await forgetMissing(deps.db, id);
  }
}

/** Releases the hold; should RunComfy have run the job, that is the operator's loss, listed under `lost`. */
async function giveUp(deps: LifecycleRuntime, job: Job): Promise<void> {
  const changed = await endHolds(
    deps.db,
    unpaid({ jobIds: [job.id], from: [job.state], state: 'lost', atMs: deps.clock.now() }),
  );
  if (changed === 1) {
    deps.log.error('job_lost', { job: job.id, account: job.accountId });
  }
}
