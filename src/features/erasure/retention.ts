// The cron deletes old data: results of jobs after the days of the settings, and counters of days that no limit counts any
// more.

import type { Plan } from '../lifecycle/settings.ts';
import { DAY_MS } from '../ledger/windows.ts';
import type { Runtime } from '../../runtime.ts';
import { dropOldDays, dropOldResults, readRound } from './retention-store.ts';

/** The longest window of a limit is a month. Twice that covers differing clocks and jobs that end late. */
const DAYS_KEPT = 62;

const A_RUN = { free: { results: 500, subjects: 100 }, paid: { results: 5_000, subjects: 1_000 } };

/** Deletes some rows in each run, with five queries at most. */
export async function sweepOld({
  db,
  clock,
  settings,
}: Runtime & { settings: { plan: Plan } }): Promise<void> {
  const nowMs = clock.now();
  const { results, subjects } = A_RUN[settings.plan];
  await dropOldResults(db, nowMs, results);
  const round = await readRound(db);
  const beforeMs = nowMs - (nowMs % DAY_MS) - DAYS_KEPT * DAY_MS;
  if (round.after !== '') {
    await dropOldDays(db, round, subjects);
  } else if (round.beforeMs < beforeMs) {
    await dropOldDays(db, { beforeMs, after: '' }, subjects);
  }
}
