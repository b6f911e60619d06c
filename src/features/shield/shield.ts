// Keeps floods from D1. This is a shield and no contract: Cloudflare's rate limits are approximate and count by location,
// so a refusal names no figures. What customers are promised is counted in D1.

import { Problem } from '../../lib/problem.ts';
import type { KeyId } from '../../lib/ids.ts';
import type { ShieldRuntime } from './memory.ts';
import { networkOf } from './network.ts';

/** So many misses in a minute are nobody's flood: customers behind one address must not suffer for a neighbour. */
const FREE_MISSES = 10;

/** 429 where the key asks D1 more often than the gateway bears. */
export async function requireReadRate(deps: ShieldRuntime, key: KeyId): Promise<void> {
  if (!(await isWithin(deps.rateLimits.reads, key))) {
    throw new Problem(
      'rate_limited',
      'This key asks for more than the gateway bears. Try again in some seconds; submits and polls of your requests are not limited.',
      { retryAfterSeconds: 10 },
    );
  }
}

/** Before D1 is asked for what the address names: 429 once the address has named too much that does not exist. */
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

/** The address named a key, a token or a cookie that does not exist. */
export function noteMiss(deps: ShieldRuntime, address: string): void {
  count(deps, networkOf(address));
}

/** The address sent a wrong token of the operator: 429 in the place of 401 once there were too many. A right one passes. */
export function refuseFlood(deps: ShieldRuntime, address: string): Promise<void> {
  noteMiss(deps, address);
  return requireLookUp(deps, address);
}

/** Before D1 is asked for a job that no copy knows: 429 once the key has named too many that do not exist. */
export async function requireJobLookUp(deps: ShieldRuntime, key: KeyId): Promise<void> {
  if (isFlooding(deps, key)) {
    await requireReadRate(deps, key);
  }
}

/** The key named a job that does not exist. */
export function noteMissingJob(deps: ShieldRuntime, key: KeyId): void {
  count(deps, key);
}

/** What Cloudflare does not answer is within: money and permissions have guards of their own. */
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

/** The minute begins with the first miss: an entry that is counted up keeps its age. */
function count({ memory, clock }: ShieldRuntime, who: string): void {
  const nowMs = clock.now();
  const known = memory.misses.get(who, nowMs);
  if (known === undefined) {
    memory.misses.set(who, { count: 1 }, nowMs);
  } else {
    known.count += 1;
  }
}
