// Why the gate refused, in the order in which a caller can act on it. Pure.

import { deadKey } from '../keys/key.ts';
import { usd } from '../../lib/money.ts';
import { Problem, type CallerLimits, type ProblemCode, type ProblemLimit } from '../../lib/problem.ts';
import type { AccountsStanding } from './choice-store.ts';
import { callerLimits } from './caller-limits.ts';
import { isFull, isMoney, ownLimits, resetOf, showLimitUsage, type LimitUsage } from './limit-usage.ts';
import { LIMITS } from './limits.ts';
import type { Standing } from './standing.ts';
import type { GateRecord } from './store.ts';

/** The pause until the operator has looked, and until an account that is full may have room. */
const NO_ACCOUNT_SECONDS = 60;
const FULL_SECONDS = 30;
/** A slot of max_concurrent is back when a job ends, so only the usual pause can be named. */
const SLOT_MS = 5_000;

const OWNERS: Record<LimitUsage['scope'], string> = {
  gateway: 'the gateway',
  customer: 'the customer',
  key: 'this key',
  token: 'this browser token',
};

/** Who is refused, and when. */
type Caller = { tokenId: string; atMs: number };

/** Nothing stands in the way of the submit. */
export function isOpen({ standing, limits, accounts }: GateRecord): boolean {
  const isHeldBack = standing.customer_wait_ms > 0;
  const isLive = standing.key_live === 1 && standing.customer_active === 1 && standing.submits_on === 1;
  return isLive && !isHeldBack && accounts.open > 0 && !limits.some(isFull);
}

/** The caller has to be read again before they are judged: their terms have changed. */
export function isOutdated({ standing }: GateRecord): boolean {
  return standing.terms_hold === 0 && standing.key_live === 1 && standing.customer_active === 1;
}

/** The Problem for a submit that the gate did not admit: 401, 403, 503, 402, 429 in this order. */
export function refusal(record: GateRecord, caller: Caller): Problem {
  return (
    barred(record.standing, caller) ?? refusalOfLive(record, caller).withLimits(callerLimits(record, caller))
  );
}

/** The refusal of an admitted submit, with the caller's limits; a caller who is barred by now sees none. */
export function refusalWith(limits: CallerLimits, problem: Problem): Problem {
  const isBarred = problem.code === 'invalid_key' || problem.code === 'customer_suspended';
  return isBarred ? problem : problem.withLimits(limits);
}

/** Why a submit that was admitted must not be sent after all; null: key, customer and gateway are still live. */
export function stopped(standing: Standing, caller: { tokenId: string }): Problem | null {
  if (standing.submits_on === 1) {
    return barred(standing, caller);
  }
  const detail = 'The operator has stopped new submits for now. Running jobs continue.';
  return barred(standing, caller) ?? new Problem('submits_off', detail, { retryAfterSeconds: 60 });
}

/** A caller who is barred sees no limits. */
function barred({ key_live, customer_active }: Standing, { tokenId }: { tokenId: string }): Problem | null {
  if (key_live === 0) {
    return deadKey(tokenId === '' ? 'secret' : 'browser');
  }
  return customer_active === 0
    ? new Problem('customer_suspended', 'The account of this key is suspended. Ask the operator.')
    : null;
}

function refusalOfLive({ standing, limits, accounts }: GateRecord, caller: Caller): Problem {
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
  return limitProblem(limits, caller);
}

/** The refusal by one of the limits that are full. */
export function limitProblem(limits: LimitUsage[], caller: Caller): Problem {
  const { atMs } = caller;
  const full = limits.filter(isFull);
  const gateway = lastToHaveRoom(
    full.filter(({ scope }) => scope === 'gateway'),
    atMs,
  );
  if (gateway !== undefined) {
    return fullProblem(gateway, atMs);
  }
  const own = ownLimits(full, caller);
  const first = firstOf(own.length === 0 ? full : own, atMs);
  if (first === undefined) {
    return new Problem('storage_unavailable', 'The limits changed while they were read. Try again.', {
      retryAfterSeconds: 1,
    });
  }
  return own.length === 0 ? withoutFigures(first, atMs) : fullProblem(first, atMs);
}

/** Money first, then the limit that has room last. */
function firstOf(full: LimitUsage[], atMs: number): LimitUsage | undefined {
  const money = full.filter(isMoney);
  return lastToHaveRoom(money.length === 0 ? full : money, atMs);
}

function lastToHaveRoom(full: LimitUsage[], atMs: number): LimitUsage | undefined {
  const roomMs = (limit: LimitUsage) => roomAt(limit, atMs) ?? Number.MAX_SAFE_INTEGER;
  return full.toSorted((a, b) => roomMs(b) - roomMs(a))[0];
}

/** When this call may fit into the limit; null: time alone makes no room for it. */
function roomAt(limit: LimitUsage, nowMs: number): number | null {
  if (limit.adds > limit.max) {
    return null;
  }
  return limit.name === 'max_concurrent' ? nowMs + SLOT_MS : resetOf(limit, nowMs);
}

/** A limit of the customer or the key refuses a browser token: its figures are none of a page's business. */
function withoutFigures(limit: LimitUsage, nowMs: number): Problem {
  const code = limit.name === 'balance' ? 'spend_limit' : codeOf(limit);
  return new Problem(
    code,
    'The token has room, but the account behind it has none for this call. Ask the owner of this page.',
    retryAfter(limit, nowMs),
  );
}

/** Whatever is wrong between the operator and RunComfy, the customer reads the same words. */
export function noAccount({ usable, waitMs }: AccountsStanding): Problem {
  const waitSeconds = Math.ceil((waitMs ?? 0) / 1000);
  return new Problem('upstream_unavailable', 'RunComfy takes no jobs for now. Nothing was spent.', {
    retryAfterSeconds: usable === 0 ? NO_ACCOUNT_SECONDS : waitSeconds || FULL_SECONDS,
  });
}

/** The refusal by one full limit, with figures unless it is the gateway's. */
export function fullProblem(limit: LimitUsage, nowMs: number): Problem {
  const retry = retryAfter(limit, nowMs);
  if (limit.scope === 'gateway') {
    return new Problem('gateway_limit', 'The gateway is at a limit that its operator set. Try again later.', {
      retryAfterSeconds: 60,
      ...retry,
    });
  }
  const shown = showLimitUsage(limit, nowMs);
  return new Problem(codeOf(limit), sentence(limit, shown), { limit: shown, ...retry });
}

function retryAfter(limit: LimitUsage, nowMs: number): { retryAfterSeconds?: number } {
  const roomMs = roomAt(limit, nowMs);
  return roomMs === null ? {} : { retryAfterSeconds: Math.max(1, Math.ceil((roomMs - nowMs) / 1000)) };
}

function codeOf({ name }: LimitUsage): ProblemCode {
  if (name === 'balance') {
    return 'insufficient_balance';
  }
  switch (LIMITS[name].sums) {
    case 'spend':
      return 'spend_limit';
    case 'jobs':
      return 'concurrency_limit';
    case 'bytes':
      return 'files_limit';
    case 'requests':
    case 'tokens':
      return 'request_limit';
  }
}

function sentence(limit: LimitUsage, { name, max, used, resets_at }: ProblemLimit): string {
  const needs = ` This call needs ${usd(limit.adds)} USD.`;
  if (limit.name === 'balance') {
    const held = used === 0 ? '' : `, of which open jobs hold ${used} USD`;
    return `Prepaid balance: ${max} USD${held}.${needs}`;
  }
  const use = `${name} of ${OWNERS[limit.scope]}: ${used} of ${max}`;
  const isInVain = resets_at === undefined || limit.adds > limit.max;
  const until = isInVain ? '' : ` There is room again at ${resets_at}.`;
  if (isMoney(limit)) {
    return `${use} USD used.${needs}${until}`;
  }
  return limit.name === 'files_bytes'
    ? `${use} used. This file has ${limit.adds} bytes. Delete some of your files, or wait until they expire.`
    : `${use} used.${until}`;
}
