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
  giveBack: () => void;
};

export type BytesInFlight = {
  /** `holder`: the customer, or a name for all who are none. `always`: it is never turned away, but weighs for others. */
  open: (holder: string, always?: 'always') => Held;
  /** What everything in flight weighs. */
  weight: () => number;
};

/** `number`: how many were opened before it. */
type Holding = { number: number; holder: string; received: number; weight: number; touchedMs: number };

/**
 * One holder has half of it at most. A single body that is larger may take more, as long as nobody else is turned away:
 * the largest that are read weigh as much as there is.
 */
export function bytesInFlight({ now }: Pick<Clock, 'now'>): BytesInFlight {
  const holdings = new Set<Holding>();
  const byHolder = new Map<string, number>();
  let total = 0;
  let opened = 0;
  let turnedAway = { holder: '', atMs: -Infinity, opened: 0 };

  function add(holding: Holding, weight: number): void {
    total += weight;
    const all = (byHolder.get(holding.holder) ?? 0) + weight;
    if (all === 0) {
      byHolder.delete(holding.holder);
    } else {
      byHolder.set(holding.holder, all);
    }
    holding.weight += weight;
  }

  function end(holding: Holding): void {
    if (holdings.delete(holding)) {
      add(holding, -holding.weight);
    }
  }

  function endLeft(): void {
    for (const holding of holdings) {
      if (holding.touchedMs + LEASE_MS <= now()) {
        end(holding);
      }
    }
  }

  function isRoomFor({ number, holder, weight: own }: Holding, more: number): boolean {
    const all = byHolder.get(holder) ?? 0;
    const isAlone = all === own;
    // Of two that race one goes on: only what was opened after somebody was turned away has to wait for them.
    const mustWait = number >= turnedAway.opened && isAnotherWaiting(holder);
    const share = isAlone && !mustWait ? MOST_BYTES : HALF_BYTES;
    return all + more <= share && total + more <= MOST_BYTES;
  }

  function isAnotherWaiting(holder: string): boolean {
    return turnedAway.holder !== holder && now() - turnedAway.atMs < WAITING_MS;
  }

  /** Whoever came first is waited for, and nobody who has reached a share of their own. */
  function noteRefusal({ holder }: Holding, more: number): void {
    if (total + more > MOST_BYTES && !isAnotherWaiting(holder)) {
      turnedAway = { holder, atMs: now(), opened };
    }
  }

  function open(holder: string, always?: 'always'): Held {
    const holding: Holding = { number: opened, holder, received: 0, weight: 0, touchedMs: now() };
    opened += 1;
    return {
      take(bytes) {
        const received = holding.received + bytes;
        // Nothing weighs more than all of it: the largest answers do have to be read.
        const more = Math.min(received * WEIGHT_A_BYTE, MOST_BYTES) - holding.weight;
        if (received > ALWAYS_READ_BYTES && always === undefined && !isRoomFor(holding, more)) {
          endLeft();
          if (!isRoomFor(holding, more)) {
            noteRefusal(holding, more);
            return false;
          }
        }
        holding.received = received;
        holding.touchedMs = now();
        holdings.add(holding);
        add(holding, more);
        return true;
      },
      giveBack: () => end(holding),
    };
  }
  return { open, weight: () => total };
}

export function noRoom(): Problem {
  return new Problem(
    'gateway_busy',
    'Too many large bodies and results are under way at once. Nothing was done. Send it again.',
    { retryAfterSeconds: 2 },
  );
}
