// The cron's part: adds hours that are over to the sums of their days.

import type { Runtime } from '../../runtime.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { addHour, beginAt, HOUR_MS, readFirst, readPending, readSummedTo } from './store.ts';

/** A job's cost is known within ten minutes of its end. */
const SETTLED_MS = 15 * 60_000;
/** A missing cost delays the sums for so long at most. */
const MAX_WAIT_MS = 6 * HOUR_MS;
/** The days before the first run that are summed. */
const FIRST_DAYS = 90;

/** Adds at most `maxHours` hours, and returns how many it added: a gateway with a past catches up over some runs. */
export async function sumUp({ db, clock }: Runtime, maxHours: number): Promise<number> {
  const nowMs = clock.now();
  let hourMs = await readSummedTo(db);
  if (hourMs === 0) {
    const firstMs = (await readFirst(db)) ?? nowMs;
    const fromMs = Math.max(firstMs, nowMs - FIRST_DAYS * DAY_MS);
    await beginAt(db, fromMs - (fromMs % HOUR_MS));
    return 0;
  }
  if (!isOver(hourMs, nowMs)) {
    return 0;
  }
  const pendingMs = (await readPending(db)) ?? Infinity;
  let added = 0;
  while (added < maxHours && isOver(hourMs, nowMs)) {
    const endMs = hourMs + HOUR_MS;
    if (pendingMs < endMs && nowMs < endMs + MAX_WAIT_MS) {
      return added;
    }
    await addHour(db, hourMs);
    hourMs = endMs;
    added += 1;
  }
  return added;
}

function isOver(hourMs: number, nowMs: number): boolean {
  return nowMs >= hourMs + HOUR_MS + SETTLED_MS;
}
