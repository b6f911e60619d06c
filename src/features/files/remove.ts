// Deletes files, for their owner or when the cron finds them due: first the row is marked, so that nobody gets the file, then R2
// deletes the bytes, then the row is deleted. The cron finishes an interrupted deletion.

import type { FileId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { presentedKey, sphereOf, type Principal } from '../keys/principal.ts';
import { noSuchFile } from './file.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { deleteGone, markDueGone, markOwnGone } from './store.ts';

/** R2 deletes up to 1,000 keys in one call. The next runs of the cron delete the rest. */
const MAX_SWEPT = 500;

/** 404 for a file that the caller does not see. When this returns, nobody gets the file any more. */
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
    // A page's visitor has no address in the audit: without the deleted token, no erasure would find it.
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
  await deleteMarked(deps, [gone]);
}

/** Deletes up to MAX_SWEPT expired files, interrupted deletions and remains of failed uploads. */
export async function sweepFiles(deps: FilesRuntime): Promise<void> {
  if (deps.files !== null) {
    await deleteMarked(deps, await markDueGone(deps.db, { nowMs: deps.clock.now(), limit: MAX_SWEPT }));
  }
}

/** Deletes the bytes before the rows, so that no bytes are left without a row. The next run of the cron retries a failure. */
export async function deleteMarked(deps: FilesRuntime, ids: FileId[]): Promise<void> {
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
