// Files leave: by their owner's word, or when the cron finds them due. First nobody gets them any more, then R2 forgets
// them, then their rows go; whoever dies in between leaves the rest to the cron.

import type { FileId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { presentedKey, sphereOf, type Principal } from '../keys/principal.ts';
import { noSuchFile } from './file.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { deleteGone, markDueGone, markOwnGone } from './store.ts';

/** R2 deletes up to 1,000 keys in one call. What is left is the next run's. */
const MOST_SWEPT = 500;

/** 404 for whatever the caller does not hold. Once this has returned, nobody is given the file. */
export async function deleteFile(
  deps: FilesRuntime,
  principal: Principal,
  { id, address, traceId }: { id: string; address: string; traceId: string },
): Promise<void> {
  requireBucket(deps);
  const change = {
    atMs: deps.clock.now(),
    actor: presentedKey(principal),
    sessionId: null,
    // Of a page's visitor none is kept: once the token is swept, nothing leads an erasure to it.
    address: principal.tokenId === '' ? address : '',
    action: 'file.delete',
    object: id,
    change: {},
    traceId,
  };
  const gone = await markOwnGone(deps.db, sphereOf(principal), change);
  if (gone === null) {
    throw noSuchFile();
  }
  await forget(deps, [gone]);
}

/** Deletes what has expired, what was deleted and what is left of uploads that died; a part in each run of the cron. */
export async function sweepFiles(deps: FilesRuntime): Promise<void> {
  if (deps.files !== null) {
    await forget(deps, await markDueGone(deps.db, { nowMs: deps.clock.now(), limit: MOST_SWEPT }));
  }
}

/** Files that are gone: R2 first, so that no row leaves bytes behind. What fails is due in the next run of the cron. */
export async function forget(deps: FilesRuntime, ids: FileId[]): Promise<void> {
  if (ids.length === 0) {
    return;
  }
  try {
    await requireBucket(deps).delete(ids);
    await deleteGone(deps.db, ids);
  } catch (error) {
    deps.log.warn('files_left', { count: ids.length, reason: reasonOf(error) });
  }
}
