// The last answer of RunComfy about a running job. A poll within `pollMaxAgeMs`, or while RunComfy cannot be read, gets it
// without a call; its caller has been checked before.

import type { LifecycleRuntime, Recent } from './memory.ts';
import type { JobId } from '../../lib/ids.ts';
import type { UpstreamState } from '../runcomfy/wire.ts';

type Source = 'status' | 'result';

/** The last answer about the job, however old; `keepRecent` compares with it. */
export function lastRecent(deps: LifecycleRuntime, id: JobId): Recent | undefined {
  return deps.memory.recent.get(id, deps.clock.now());
}

/**
 * The state that may answer a `wanted` poll, or null when RunComfy has to be asked. Before the end /result says less than
 * /status: no place in the queue, and at times only that it is not ready.
 */
export function freshState(
  deps: LifecycleRuntime,
  last: Recent | undefined,
  wanted: Source,
): UpstreamState | null {
  const isFresh = last !== undefined && deps.clock.now() - last.atMs < deps.settings.pollMaxAgeMs;
  const isEnough = wanted === 'result' || last?.by === 'status' || last?.state?.state === 'ended';
  return isFresh && isEnough ? last.state : null;
}

/**
 * Keeps an answer, unless another one was kept since it was asked for: two answers may cross, and one from before a cancel
 * must not outlive it. An end is always kept: nothing follows it.
 */
export function keepRecent(
  deps: LifecycleRuntime,
  id: JobId,
  { last, state, by }: { last: Recent | undefined; state: UpstreamState; by: Source },
): void {
  const isLatest = state.state === 'ended' || lastRecent(deps, id) === last;
  if (isLatest) {
    const atMs = deps.clock.now();
    deps.memory.recent.set(id, { state, by, atMs }, atMs);
  }
}

/** After a cancel: the next poll asks RunComfy. */
export function forgetRecent(deps: LifecycleRuntime, id: JobId): void {
  const atMs = deps.clock.now();
  deps.memory.recent.set(id, { state: null, by: 'status', atMs }, atMs);
}
