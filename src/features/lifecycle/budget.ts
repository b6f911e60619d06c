// The budget of one run of the cron: Cloudflare's limits for one invocation, and the minute.

import type { Clock } from '../../lib/clock.ts';
import type { Plan } from './settings.ts';

/**
 * `queries`: to D1, each statement of a batch counted. `subrequests`: each call that leaves the isolate, to RunComfy, KV
 * or D1, a batch being one. (developers.cloudflare.com: workers/platform/limits, d1/platform/limits)
 */
type Use = { queries: number; subrequests: number };

const PLANS: Record<Plan, Use & { cpuMs: number }> = {
  free: { queries: 50, subrequests: 50, cpuMs: 10 },
  paid: { queries: 1_000, subrequests: 10_000, cpuMs: 30_000 },
};

/**
 * Kept for the rest of the invocation: the note of the run, the balance of an account, which takes up to 8 s, the note of
 * a new key of the vault, old tokens, and the seals of the audit.
 */
const REST: Use = { queries: 11, subrequests: 9 };
/** A claim and the booking of its checks take this: ends in three sets, costs, jobs that stay open, jobs that KV knew. */
const AROUND_CHECKS: Use = { queries: 17, subrequests: 7 };
/** A check is one call that is repeated once, or two entries of KV. */
const CALLS_A_CHECK = 2;
/** CPU that a check takes with its share of claim and booking (docs/performance.md), and some to spare. */
const CPU_A_CHECK_MS = 0.6;
const LEAST_CHECKS = 5;
const MOST_CHECKS = 100;

/** The next minute's run does not find this one still at work. */
const CHECKS_END_MS = 48_000;
/** A call that is under way at that instant may take so much longer. */
const LAST_CALL_MS = 2_000;

export type UsedUp = 'time' | 'queries' | 'subrequests' | 'cpu';

export type Budget = {
  /** Takes a round trip to D1 with so many statements; false, and nothing is taken, if the budget is too small. */
  query: (statements: number) => boolean;
  /** The same for calls to RunComfy or KV; it leaves enough to book their findings. */
  call: (calls: number) => boolean;
  /** How many jobs may be claimed now; 0: the budget is used up. */
  room: () => number;
  /** Takes the CPU of checking so many claimed jobs. */
  claim: (jobs: number) => void;
  /** How long a call may take that starts now. */
  callMs: () => number;
  /** The first limit that is reached; null: there is room. */
  usedUp: () => UsedUp | null;
};

export function createBudget(plan: Plan, clock: Pick<Clock, 'now'>): Budget {
  const endMs = clock.now() + CHECKS_END_MS;
  let queries = PLANS[plan].queries - REST.queries;
  let subrequests = PLANS[plan].subrequests - REST.subrequests;
  let checkable = Math.floor(PLANS[plan].cpuMs / CPU_A_CHECK_MS);
  const checks = () => Math.floor((subrequests - AROUND_CHECKS.subrequests) / CALLS_A_CHECK);
  const usedUp = () => {
    if (clock.now() >= endMs) {
      return 'time';
    }
    if (queries < AROUND_CHECKS.queries) {
      return 'queries';
    }
    if (checks() < LEAST_CHECKS) {
      return 'subrequests';
    }
    return checkable < LEAST_CHECKS ? 'cpu' : null;
  };
  return {
    query(statements) {
      const isLeft = queries >= statements && subrequests >= 1;
      queries -= isLeft ? statements : 0;
      subrequests -= isLeft ? 1 : 0;
      return isLeft;
    },
    call(calls) {
      const isLeft = clock.now() < endMs && subrequests - AROUND_CHECKS.subrequests >= calls;
      subrequests -= isLeft ? calls : 0;
      return isLeft;
    },
    room: () => (usedUp() === null ? Math.min(checks(), checkable, MOST_CHECKS) : 0),
    claim(jobs) {
      checkable -= jobs;
    },
    callMs: () => Math.max(0, endMs - clock.now()) + LAST_CALL_MS,
    usedUp,
  };
}
