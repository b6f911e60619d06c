// The cron's minute brings each job to its end, whatever died on the way. A run claims jobs, checks them and books the
// findings, again and again, until nothing is due or its budget is used up. Customers take turns.

import type { LifecycleRuntime } from './memory.ts';
import { claimDue } from '../jobs/claim-store.ts';
import { createBookings } from './book.ts';
import { createBudget } from './budget.ts';
import { checkJobs, type Run } from './check-jobs.ts';
import { beginRun, recordRun } from './run-store.ts';

/** One run of the cron; returns how many jobs it claimed. Two at once do no harm. */
export async function reconcile(deps: LifecycleRuntime): Promise<number> {
  const { db, clock, log } = deps;
  const run: Run = { deps, budget: createBudget(deps.settings.plan, clock) };
  const bookings = createBookings(run);
  run.budget.query(2);
  let turn = await beginRun(db, clock.now());
  let claimed = 0;
  let mayBeMore = true;
  try {
    for (let limit = run.budget.room(); mayBeMore && limit > 0; limit = run.budget.room()) {
      run.budget.query(2);
      const claim = await claimDue(db, { nowMs: clock.now(), limit, turn });
      ({ turn, mayBeMore } = claim);
      claimed += claim.jobs.length;
      if (claim.unreadable > 0) {
        log.error('jobs_unreadable', { count: claim.unreadable });
      }
      run.budget.claim(claim.jobs.length);
      await checkJobs(run, claim.jobs, bookings.add);
    }
  } finally {
    await bookings.finish();
  }
  const usedUp = run.budget.usedUp();
  const left = await recordRun(db, clock.now(), { turn, usedUp });
  if (usedUp !== null && left > 0) {
    log.warn('cron_budget', { reason: usedUp, count: left });
  }
  return claimed;
}
