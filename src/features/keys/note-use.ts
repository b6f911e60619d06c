// Records the last use of a key, rounded to an hour. An isolate that reads an older value writes it behind an answer.

import type { KeysRuntime } from './memory.ts';
import { presentedKey, type Principal } from './principal.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import { markUsed } from './use-store.ts';

const HOUR_MS = 3_600_000;

export function noteUse({ db, clock, after }: KeysRuntime, principal: Principal): void {
  const nowMs = clock.now();
  if (nowMs - (principal.lastUsedAtMs ?? 0) >= HOUR_MS) {
    // The remembered principal gets the value too, so that its next calls do not write it again.
    principal.lastUsedAtMs = nowMs;
    const written = markUsed(db, presentedKey(principal), { nowMs, beforeMs: nowMs - HOUR_MS });
    after(withTimeLimit(clock, STORE_LIMIT_MS, written));
  }
}
