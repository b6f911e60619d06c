// What RunComfy said of a running job a moment ago. Whoever asks again within `pollMaxAgeMs` gets it again, without a
// call; who may ask has been settled before.

import type { Deps } from '../deps.ts';
import type { JobId } from '../lib/ids.ts';
import type { UpstreamState } from '../upstream/wire.ts';

/** `state` is null after a cancel: what was known before it counts no more. */
export type Recent = { state: UpstreamState | null; atMs: number };

/** The last word on the job, however old; `keepRecent` wants it back. */
export function lastRecent(deps: Deps, id: JobId): Recent | undefined {
  return deps.memory.recent.get(id, deps.clock.now());
}

/** The state that may be told again, or null when RunComfy has to be asked. */
export function freshState(deps: Deps, last: Recent | undefined): UpstreamState | null {
  const isFresh = last !== undefined && deps.clock.now() - last.atMs < deps.settings.pollMaxAgeMs;
  return isFresh ? last.state : null;
}

/**
 * Keeps an answer, unless the word on the job has changed since it was asked for: two answers may cross, and one that
 * was asked for before a cancel must not outlive it.
 */
export function keepRecent(
  deps: Deps,
  id: JobId,
  { last, state }: { last: Recent | undefined; state: UpstreamState },
): void {
  if (deps.settings.pollMaxAgeMs > 0 && lastRecent(deps, id) === last) {
    const atMs = deps.clock.now();
    deps.memory.recent.set(id, { state, atMs }, atMs);
  }
}

/** After a cancel: the next poll asks RunComfy. */
export function forgetRecent(deps: Deps, id: JobId): void {
  const atMs = deps.clock.now();
  deps.memory.recent.set(id, { state: null, atMs }, atMs);
}
