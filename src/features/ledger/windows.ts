// UTC calendar windows and the sliding minute, as the instants at which their counters start. Pure.

export const SLICE_MS = 10_000;
/** Places in the ring of slices: seven can count for a minute, one is spare for clocks that differ. */
export const SLICES = 8;
export const DAY_MS = 86_400_000;

export type Windows = {
  /** Slice of this instant. */
  sliceMs: number;
  /** First slice that may still hold a request of the last 60 s. */
  minuteSinceMs: number;
  dayMs: number;
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
    monthMs: startOfMonth(nowMs, 0),
  };
}

function startOf(lengthMs: number, nowMs: number): number {
  return nowMs - (nowMs % lengthMs);
}

function startOfMonth(nowMs: number, later: 0 | 1): number {
  const date = new Date(nowMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}

/** When the window of a limit ends, or null where waiting alone does not help. */
export function resetsAtMs(limit: string, nowMs: number): number | null {
  switch (limit) {
    case 'requests_per_minute':
    case 'tokens_per_minute':
      return startOf(SLICE_MS, nowMs) + 7 * SLICE_MS;
    case 'requests_per_day':
    case 'spend_per_day':
      return startOf(DAY_MS, nowMs) + DAY_MS;
    case 'requests_per_month':
    case 'spend_per_month':
      return startOfMonth(nowMs, 1);
    default:
      return null;
  }
}
