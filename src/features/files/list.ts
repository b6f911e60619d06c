// A caller looks at the files that it has uploaded, by the same rule as its jobs.

import { sphereOf, type Principal } from '../keys/principal.ts';
import type { StoredFile } from './file.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { readFiles } from './store.ts';

/** A page, newest first, from before `before`. */
export async function listFiles(
  deps: FilesRuntime,
  principal: Principal,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<StoredFile[]> {
  requireBucket(deps);
  return readFiles(deps.db, sphereOf(principal), { nowMs: deps.clock.now(), page });
}
