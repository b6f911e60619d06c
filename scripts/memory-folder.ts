// Where tests keep what they write: in memory, where this machine has room for it there.

import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Several times what a run of all tests holds at once. */
const ENOUGH_BYTES = 2 ** 31;

/**
 * D1 syncs each write to its disk, which takes a third of the time of the tests that write most. In memory a sync costs
 * nothing. The folder is gone with the process. Elsewhere, and where TMPDIR names a folder, nothing is changed.
 */
export function keepTemporaryFilesInMemory(): void {
  if (process.env['TMPDIR'] !== undefined || freeBytes() < ENOUGH_BYTES) {
    return;
  }
  const folder = mkdtempSync(join(MEMORY, 'comfygate-'));
  process.env['TMPDIR'] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

function freeBytes(): number {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
