// The memory budget of bodies being read: customers' requests and RunComfy's responses. A body exists as bytes, text and
// values, so each byte counts three times. All bodies together stay within what an isolate can spare.

import type { Clock } from './clock.ts';
import { Problem } from './problem.ts';
import { MIB } from './weighed-cache.ts';

const WEIGHT_A_BYTE = 3;
const MOST_BYTES = 48 * MIB;
const HALF_BYTES = MOST_BYTES / 2;

/** Bodies up to this size are always read, so no usual call is refused. */
export const ALWAYS_READ_BYTES = 256 * 1024;

/** A longer lease belongs to a call that the platform cancelled before it could release its bytes. */
const LEASE_MS = 60_000;
/** A holder that was refused has this long to retry; until then others get half of the budget. */
const WAITING_MS = 10_000;

/** The bytes of one call. */
export type Held = {
  /** Reserves room for this many more bytes. False, without reserving anything, if there is none. */
  take: (bytes: number) => boolean;
  /** Releases everything. A second call has no effect. */
  release: () => void;
};

export type BytesInFlight = {
  /** `holder`: the customer, or one name for all others. `always`: never refused, but counted. */
  open: (holder: string, always?: 'always') => Held;
  /** The weight of everything in flight. */
  weight: () => number;
};

/** `number`: how many holdings were opened before it. */
type Holding = { number: number; holder: string; received: number; weight: number; touchedMs: number };

/** The weight in total and per holder. */
function weighHoldings() {
  const holdings = new Set<Holding>();
  const byHolder = new Map<string, number>();
  let total = 0;

  function add(holding: Holding, weight: number): void {
    holdings.add(holding);
    holding.weight += weight;
    total += weight;
    byHolder.set(holding.holder, (byHolder.get(holding.holder) ?? 0) + weight);
  }

  function end(holding: Holding): void {
    if (!holdings.has(holding)) {
      return;
    }
    add(holding, -holding.weight);
    holdings.delete(holding);
    if (byHolder.get(holding.holder) === 0) {
      byHolder.delete(holding.holder);
    }
  }

  return {
    add,
    end,
    endUntouched(sinceMs: number): void {
      [...holdings].filter(({ touchedMs }) => touchedMs <= sinceMs).forEach(end);
    },
    of: (holder: string) => byHolder.get(holder) ?? 0,
    total: () => total,
  };
}

/**
 * A holder gets at most half of the budget. A single larger body can take all of it, as long as no other holder was
 * refused: the largest bodies that we read weigh as much as the whole budget.
 */
export function bytesInFlight({ now }: Pick<Clock, 'now'>): BytesInFlight {
  const held = weighHoldings();
  let opened = 0;
  let turnedAway = { holder: '', atMs: -Infinity, opened: 0 };

  function isAnotherWaiting(holder: string): boolean {
    return turnedAway.holder !== holder && now() - turnedAway.atMs < WAITING_MS;
  }

  function isRoomFor({ number, holder, weight }: Holding, more: number): boolean {
    const all = held.of(holder);
    // Of two large bodies at once one must proceed: only those opened after a refusal wait.
    const mustWait = number >= turnedAway.opened && isAnotherWaiting(holder);
    const share = all === weight && !mustWait ? MOST_BYTES : HALF_BYTES;
    return all + more <= share && held.total() + more <= MOST_BYTES;
  }

  function makesRoom(holding: Holding, more: number): boolean {
    if (isRoomFor(holding, more)) {
      return true;
    }
    held.endUntouched(now() - LEASE_MS);
    const isFound = isRoomFor(holding, more);
    // Only the first holder refused is waited for, and only if the whole budget was full, not its own share.
    if (!isFound && held.total() + more > MOST_BYTES && !isAnotherWaiting(holding.holder)) {
      turnedAway = { holder: holding.holder, atMs: now(), opened };
    }
    return isFound;
  }

  return {
    open(holder, always) {
      const holding: Holding = { number: opened, holder, received: 0, weight: 0, touchedMs: now() };
      opened += 1;
      return {
        take(bytes) {
          const received = holding.received + bytes;
          // The weight is capped at the budget, so that the largest responses can be read.
          const more = Math.min(received * WEIGHT_A_BYTE, MOST_BYTES) - holding.weight;
          if (received > ALWAYS_READ_BYTES && always === undefined && !makesRoom(holding, more)) {
            return false;
          }
          holding.received = received;
          holding.touchedMs = now();
          held.add(holding, more);
          return true;
        },
        release: () => held.end(holding),
      };
    },
    weight: held.total,
  };
}

export function noRoom(): Problem {
  return new Problem(
    'gateway_busy',
    'Too many large bodies and results are under way at once. Nothing was done. Send it again.',
    { retryAfterSeconds: 2 },
  );
}
