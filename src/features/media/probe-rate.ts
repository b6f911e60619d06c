// How often a key has a host asked about files. A submit that is not accepted costs its sender nothing, so without a bound
// anybody with a key could have the gateway send a third party as many requests as it likes. Each host that a probe
// comes to counts, redirects included. What an accepted submit has asked is paid for, and is given back.

import { cut } from '../../lib/cut.ts';
import type { KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { isWithin } from '../shield/shield.ts';
import type { MediaRuntime } from './memory.ts';

/** Hosts that were asked for one key, once for each question. */
export type Probed = { key: KeyId; hosts: string[] };

/** No more than this is saved up: a key that stops submitting must not flood later. */
const MOST_SAVED = 60;

/** Whether the key may have the host asked once more: by what it has paid for, else as Cloudflare's rate limit says. */
export async function mayProbe(deps: MediaRuntime, key: KeyId, host: string): Promise<boolean> {
  const saved = deps.memory.paidProbes.get(`${key} ${host}`, deps.clock.now());
  if (saved !== undefined && saved.left > 0) {
    saved.left -= 1;
    return true;
  }
  return isWithin(deps.rateLimits.probes, `${key} ${host}`);
}

/** 429: Cloudflare's limit tells no figures. */
export function askedTooOften(host: string): Problem {
  return new Problem(
    'rate_limited',
    `The files of this submit were not checked, because this key has had ${cut(host, 80)} asked too often. Nothing was ` +
      'spent. Try again in a minute; submits that are accepted do not count.',
    { retryAfterSeconds: 60 },
  );
}

/** The submit was accepted: the next one of this key may ask the same hosts as often. */
export function returnProbes(deps: MediaRuntime, { key, hosts }: Probed): void {
  const nowMs = deps.clock.now();
  for (const host of hosts) {
    const left = deps.memory.paidProbes.get(`${key} ${host}`, nowMs)?.left ?? 0;
    deps.memory.paidProbes.set(`${key} ${host}`, { left: Math.min(left + 1, MOST_SAVED) }, nowMs);
  }
}
