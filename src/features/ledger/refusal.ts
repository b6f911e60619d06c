// Why the gate refused, in the order in which a caller can act on it. Pure.

import { deadKey } from '../keys/key.ts';
import { usd } from '../../lib/money.ts';
import { Problem, type ProblemCode, type ProblemLimit } from '../../lib/problem.ts';
import { isSpend } from './limits.ts';
import { limitsReport } from './limits-report.ts';
import { isMoney, ownRooms, resetOf, showRoom } from './room.ts';
import type { AccountsStanding } from './choice-store.ts';
import type { Room } from './room-store.ts';
import type { GateRecord, Standing } from './store.ts';

/** Until the operator has looked, and until an account that is full may have room. */
const NO_ACCOUNT_SECONDS = 60;
const FULL_SECONDS = 30;

const OWNERS: Record<Room['scope'], string> = {
  gateway: 'the gateway',
  customer: 'the customer',
  key: 'this key',
  token: 'this browser token',
};

/** Who is refused, and when. */
type Caller = { tokenId: string; atMs: number };

/** Whether nothing that was read stands in the way of the submit. */
export function isOpen({ standing, rooms, accounts }: GateRecord): boolean {
  const isHeldBack = standing.customer_wait_ms > 0;
  const isLive = standing.key_live === 1 && standing.customer_active === 1 && standing.submits_on === 1;
  return isLive && !isHeldBack && accounts.open > 0 && !rooms.some(isFull);
}

/** Whether the caller is to be read again before they are judged: other terms hold for them by now. */
export function isOutdated({ standing }: GateRecord): boolean {
  return standing.terms_hold === 0 && standing.key_live === 1 && standing.customer_active === 1;
}

/** The Problem for a submit that the gate did not admit: 401, 403, 503, 402, 429 in this order. */
export function refusal(record: GateRecord, caller: Caller): Problem {
  return (
    barred(record.standing, caller) ?? refusalOfLive(record, caller).withLimits(limitsReport(record, caller))
  );
}

/** Why a submit that had been admitted must not be sent after all; null: nothing was taken away since. */
export function stopped(standing: Standing, caller: { tokenId: string }): Problem | null {
  if (standing.submits_on === 1) {
    return barred(standing, caller);
  }
  const detail = 'The operator has stopped new submits for now. Running jobs go on.';
  return barred(standing, caller) ?? new Problem('submits_off', detail, { retryAfterSeconds: 60 });
}

/** Everybody else may know how their limits stand. */
function barred({ key_live, customer_active }: Standing, { tokenId }: { tokenId: string }): Problem | null {
  if (key_live === 0) {
    return deadKey(tokenId === '' ? 'secret' : 'browser');
  }
  return customer_active === 0
    ? new Problem('customer_suspended', 'The account of this key is suspended. Ask the operator.')
    : null;
}

function refusalOfLive({ standing, rooms, accounts }: GateRecord, caller: Caller): Problem {
  const stop = stopped(standing, caller);
  if (stop !== null) {
    return stop;
  }
  if (standing.customer_wait_ms > 0) {
    return new Problem(
      'outcomes_unknown',
      'RunComfy did not say whether it took your last submits, so one is tried at a time. Nothing was spent. ' +
        'Check their input before you submit it again.',
      { retryAfterSeconds: Math.ceil(standing.customer_wait_ms / 1000) },
    );
  }
  if (accounts.open === 0) {
    return noAccount(accounts);
  }
  return roomProblem(rooms, caller);
}

/** The refusal by what of a caller's limits has no room. */
export function roomProblem(rooms: Room[], caller: Caller): Problem {
  const full = rooms.filter(isFull);
  const gateway = full.find((room) => room.scope === 'gateway');
  if (gateway !== undefined) {
    return fullProblem(gateway, caller.atMs);
  }
  const own = ownRooms(full, caller);
  const first = firstOf(own.length === 0 ? full : own, caller.atMs);
  if (first === undefined) {
    return new Problem('storage_unavailable', 'The limits changed while they were read. Try again.', {
      retryAfterSeconds: 1,
    });
  }
  return own.length === 0 ? withoutFigures(first, caller.atMs) : fullProblem(first, caller.atMs);
}

/** Money first, then what takes longest to have room again. */
function firstOf(full: Room[], atMs: number): Room | undefined {
  const latestFirst = full.toSorted((a, b) => (resetOf(b, atMs) ?? 0) - (resetOf(a, atMs) ?? 0));
  return full.find(isMoney) ?? latestFirst[0];
}

/** A limit of the customer or the key, told to a browser token: how it stands is none of a page's business. */
function withoutFigures(room: Room, nowMs: number): Problem {
  const code = room.name === 'balance' ? 'spend_limit' : codeOf(room);
  return new Problem(
    code,
    'The token has room, but the account behind it has none for this call. Ask whoever runs this page.',
    retryAfter(room, resetOf(room, nowMs), nowMs),
  );
}

/** Whatever is wrong between the operator and RunComfy, the customer reads the same words. */
export function noAccount({ usable, waitMs }: AccountsStanding): Problem {
  const waitSeconds = Math.ceil((waitMs ?? 0) / 1000);
  return new Problem('upstream_unavailable', 'RunComfy takes no jobs for now. Nothing was spent.', {
    retryAfterSeconds: usable === 0 ? NO_ACCOUNT_SECONDS : waitSeconds || FULL_SECONDS,
  });
}

export function isFull(room: Room): boolean {
  return room.used + room.adds > room.max;
}

/** The refusal by one full limit, with figures unless it is the gateway's. */
export function fullProblem(room: Room, nowMs: number): Problem {
  const resetMs = resetOf(room, nowMs);
  const retry = retryAfter(room, resetMs, nowMs);
  if (room.scope === 'gateway') {
    return new Problem('gateway_limit', 'The gateway is at a limit that its operator set. Try again later.', {
      retryAfterSeconds: 60,
      ...retry,
    });
  }
  const limit = showRoom(room, nowMs);
  return new Problem(codeOf(room), sentence(room, limit), { limit, ...retry });
}

/** A slot of max_concurrent comes back when a job ends, so there only the usual pause can be named. */
function retryAfter(room: Room, resetMs: number | null, nowMs: number): { retryAfterSeconds?: number } {
  if (resetMs !== null) {
    return { retryAfterSeconds: Math.max(1, Math.ceil((resetMs - nowMs) / 1000)) };
  }
  return room.name === 'max_concurrent' ? { retryAfterSeconds: 5 } : {};
}

function codeOf(room: Room): ProblemCode {
  if (room.name === 'balance') {
    return 'insufficient_balance';
  }
  if (isSpend(room.name)) {
    return 'spend_limit';
  }
  switch (room.name) {
    case 'max_concurrent':
      return 'concurrency_limit';
    case 'files_bytes':
      return 'files_limit';
    default:
      return 'request_limit';
  }
}

function needsOf(room: Room): string {
  if (isMoney(room)) {
    return ` This call needs ${usd(room.adds)} USD.`;
  }
  return room.name === 'files_bytes'
    ? ` This file has ${room.adds}. Delete files of yours, or wait until some expire.`
    : '';
}

function sentence(room: Room, limit: ProblemLimit): string {
  const dollars = isMoney(room) ? ' USD' : '';
  const needs = needsOf(room);
  const until = limit.resets_at === undefined ? '' : ` There is room again at ${limit.resets_at}.`;
  return `${limit.name} of ${OWNERS[room.scope]}: ${limit.used} of ${limit.max}${dollars} used.${needs}${until}`;
}
