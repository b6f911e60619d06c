// Keeps floods away from D1. Cloudflare's rate limits are approximate and count per location, so a refusal names no figures.
// The limits that customers are promised are counted in D1.

import { Problem } from '../../lib/problem.ts';
import type { KeyId } from '../../lib/ids.ts';
import type { ShieldRuntime } from './memory.ts';
import { networkOf } from './network.ts';

/** So many misses in a minute are not a flood, so that customers who share an address do not block each other. */
const FREE_MISSES = 10;

/** 429 if the key reads D1 too often. */
export async function requireReadRate(deps: ShieldRuntime, key: KeyId): Promise<void> {
  if (!(await isWithin(deps.rateLimits.reads, key))) {
    throw new Problem(
      'rate_limited',
      'This key reads too often. Try again in some seconds; submits and polls of your requests are not limited.',
      { retryAfterSeconds: 10 },
    );
  }
}

/** Call before a look-up in D1: 429 if the address has named too many keys or tokens that do not exist. */
export async function requireLookUp(deps: ShieldRuntime, address: string): Promise<void> {
  const network = networkOf(address);
  if (isFlooding(deps, network) && !(await isWithin(deps.rateLimits.misses, network))) {
    throw new Problem(
      'rate_limited',
      'Too many calls from your address named keys or tokens that do not exist. Try again in a minute.',
      { retryAfterSeconds: 60 },
    );
  }
}

/** Counts a key, token or cookie of this address that does not exist. */
export function noteMiss(deps: ShieldRuntime, address: string): void {
  count(deps, networkOf(address));
}

/** Counts a wrong operator token of this address: 429 instead of 401 after too many. A right one always passes. */
export function refuseFlood(deps: ShieldRuntime, address: string): Promise<void> {
  noteMiss(deps, address);
  return requireLookUp(deps, address);
}

/** Call before a look-up of a job in D1: 429 if the key has named too many jobs that do not exist. */
export async function requireJobLookUp(deps: ShieldRuntime, key: KeyId): Promise<void> {
  if (isFlooding(deps, key)) {
    await requireReadRate(deps, key);
  }
}

/** Counts a job of this key that does not exist. */
export function noteMissingJob(deps: ShieldRuntime, key: KeyId): void {
  count(deps, key);
}

/** True if Cloudflare does not answer: money and permissions have their own guards. */
export async function isWithin(limit: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limit.limit({ key })).success;
  } catch {
    return true;
  }
}

function isFlooding({ memory, clock }: ShieldRuntime, who: string): boolean {
  return (memory.misses.get(who, clock.now())?.count ?? 0) >= FREE_MISSES;
}

/** The minute starts with the first miss: counting up does not renew an entry. */
function count({ memory, clock }: ShieldRuntime, who: string): void {
  const nowMs = clock.now();
  const known = memory.misses.get(who, nowMs);
  if (known === undefined) {
    memory.misses.set(who, { count: 1 }, nowMs);
  } else {
    known.count += 1;
  }
}
