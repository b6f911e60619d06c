// The windows of limits: UTC calendar windows, the sliding minute, and the two that time does not move. Pure.

export const SLICE_MS = 10_000;
/** Places in the ring of slices: seven can count for a minute, one is spare for clocks that differ. */
export const SLICES = 8;
export const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

type Window = {
  /** The counters that the window sums; `open`: none, the limit is compared with what there is now. */
  grain: 'slice' | 'day' | 'total' | 'open';
  /** SQL: the start of the first counter that counts, one of `Windows`. */
  since: string;
  /** Null: months differ in length, and some windows have no end. */
  seconds: number | null;
  /** When the window that holds this instant ends; null: never. */
  endMs: (nowMs: number) => number | null;
};

export type WindowName = 'minute' | 'day' | 'week' | 'month' | 'total' | 'now';

export const WINDOWS: Record<WindowName, Window> = {
  minute: {
    grain: 'slice',
    since: ':minuteSinceMs',
    seconds: 60,
    endMs: (nowMs) => startOf(SLICE_MS, nowMs) + 7 * SLICE_MS,
  },
  day: {
    grain: 'day',
    since: ':dayMs',
    seconds: DAY_MS / 1000,
    endMs: (nowMs) => startOf(DAY_MS, nowMs) + DAY_MS,
  },
  week: {
    grain: 'day',
    since: ':weekMs',
    seconds: WEEK_MS / 1000,
    endMs: (nowMs) => startOfWeek(nowMs) + WEEK_MS,
  },
  month: { grain: 'day', since: ':monthMs', seconds: null, endMs: (nowMs) => startOfMonth(nowMs, 1) },
  total: { grain: 'total', since: '0', seconds: null, endMs: () => null },
  now: { grain: 'open', since: '0', seconds: null, endMs: () => null },
};

/** Where the counters of an instant start. */
export type Windows = {
  sliceMs: number;
  /** The first slice that may still hold a request of the last 60 s. */
  minuteSinceMs: number;
  dayMs: number;
  weekMs: number;
  monthMs: number;
};

/**
 * The windows that an instant falls into. A sliding minute touches seven slices, so a request counts for
 * 60 to 70 seconds: never more than the limit in any 60 s, a slot is back after at most 70 s.
 */
export function windowsAt(nowMs: number): Windows {
  const sliceMs = startOf(SLICE_MS, nowMs);
  return {
    sliceMs,
    minuteSinceMs: sliceMs - 6 * SLICE_MS,
    dayMs: startOf(DAY_MS, nowMs),
    weekMs: startOfWeek(nowMs),
    monthMs: startOfMonth(nowMs, 0),
  };
}

function startOf(lengthMs: number, nowMs: number): number {
  return nowMs - (nowMs % lengthMs);
}

/** ISO weeks start on Monday; the epoch was a Thursday. */
function startOfWeek(nowMs: number): number {
  return nowMs - ((nowMs + 3 * DAY_MS) % WEEK_MS);
}

function startOfMonth(nowMs: number, later: 0 | 1): number {
  const date = new Date(nowMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}
