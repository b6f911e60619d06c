// Limits how often a key makes the gateway send requests to a host. A submit that is not accepted costs nothing, so without
// a limit anybody with a key could flood a third party through the gateway. Every request counts, redirects included. The
// requests of an accepted submit are paid for, so they are returned.

import { cut } from '../../lib/cut.ts';
import type { KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { isWithin } from '../shield/shield.ts';
import type { MediaRuntime } from './memory.ts';

/** The hosts that were asked for one key, once per request. */
export type Probed = { key: KeyId; hosts: string[] };

/** A key may save up this many, so that it cannot flood a host later. */
const MAX_SAVED = 60;

/** True if the host may be asked once more for this key: from its returned probes, else within Cloudflare's rate limit. */
export async function mayProbe(deps: MediaRuntime, key: KeyId, host: string): Promise<boolean> {
  const saved = deps.memory.paidProbes.get(`${key} ${host}`, deps.clock.now());
  if (saved !== undefined && saved.left > 0) {
    saved.left -= 1;
    return true;
  }
  return isWithin(deps.rateLimits.probes, `${key} ${host}`);
}

/** 429 without figures, because Cloudflare's limit is approximate. */
export function askedTooOften(host: string): Problem {
  return new Problem(
    'rate_limited',
    `The files of this submit were not checked: ${cut(host, 80)} was asked too often for this key. Nothing was ` +
      'spent. Try again in a minute; submits that are accepted do not count.',
    { retryAfterSeconds: 60 },
  );
}

/** Call when a submit was accepted: the next one of this key may ask the same hosts as often. */
export function returnProbes(deps: MediaRuntime, { key, hosts }: Probed): void {
  const nowMs = deps.clock.now();
  for (const host of hosts) {
    const left = deps.memory.paidProbes.get(`${key} ${host}`, nowMs)?.left ?? 0;
    deps.memory.paidProbes.set(`${key} ${host}`, { left: Math.min(left + 1, MAX_SAVED) }, nowMs);
  }
}
