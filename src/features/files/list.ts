// Lists the files of a caller, who sees files by the same rule as jobs.

import { sphereOf, type Principal } from '../keys/principal.ts';
import type { StoredFile } from './file.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { readFiles } from './store.ts';

/** A page, newest first. */
export async function listFiles(
  deps: FilesRuntime,
  principal: Principal,
  page: { beforeMs: number; beforeId: string; limit: number },
): Promise<StoredFile[]> {
  requireBucket(deps);
  return readFiles(deps.db, sphereOf(principal), { nowMs: deps.clock.now(), page });
}
