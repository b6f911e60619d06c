// When a key was last used, to an hour: written behind an answer by the isolate that finds the note older than that.

import type { KeysRuntime } from './memory.ts';
import { presentedKey, type Principal } from './principal.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { markUsed } from './use-store.ts';

const HOUR_MS = 3_600_000;

export function noteUse({ db, clock, after }: KeysRuntime, principal: Principal): void {
  const nowMs = clock.now();
  if (nowMs - (principal.lastUsedAtMs ?? 0) >= HOUR_MS) {
    // The principal is remembered for seconds, and read anew with the note.
    principal.lastUsedAtMs = nowMs;
    const noted = markUsed(db, presentedKey(principal), { nowMs, beforeMs: nowMs - HOUR_MS });
    after(withTimeLimit(clock, STORE_LIMIT_MS, noted));
  }
}
