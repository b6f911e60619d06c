// The budget of bytes that are being read: customers' bodies and RunComfy's answers. What is received is held as bytes, as
// text and as values, so each byte weighs three times; all of them together stay within what an isolate can spare.

import type { Clock } from './clock.ts';
import { Problem } from './problem.ts';
import { MIB } from './weighed-cache.ts';

const WEIGHT_A_BYTE = 3;
const MOST_BYTES = 48 * MIB;
const HALF_BYTES = MOST_BYTES / 2;

/** Read whatever is in flight: no usual call is ever turned away. */
export const ALWAYS_READ_BYTES = 256 * 1024;

/** Nobody is at work on what was received for longer: the platform has cancelled the call before it could give back. */
const LEASE_MS = 60_000;
/** Whoever was turned away comes back within this time, and finds the half of the others' share. */
const WAITING_MS = 10_000;

/** What one call holds. */
export type Held = {
  /** Room for so many more received bytes; false, and nothing is taken, where there is none. */
  take: (bytes: number) => boolean;
  /** All of it. To do it twice does no harm. */
  release: () => void;
};

export type BytesInFlight = {
  /** `holder`: the customer, or a name for all who are none. `always`: it is never turned away, but weighs for others. */
  open: (holder: string, always?: 'always') => Held;
  /** What everything in flight weighs. */
  weight: () => number;
};

/** `number`: how many were opened before it. */
type Holding = { number: number; holder: string; received: number; weight: number; touchedMs: number };

/** The sum of what is held, for all and for each holder. */
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
 * One holder has half of it at most. A single body that is larger may take more, as long as nobody else is turned away:
 * the largest that are read weigh as much as there is.
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
    // Of two that race one goes on: only what was opened after somebody was turned away has to wait for them.
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
    // Whoever came first is waited for, and nobody who has reached a share of their own.
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
          // Nothing weighs more than all of it: the largest answers do have to be read.
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
