// Puts the temporary files of tests into memory if this machine has enough.

import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Several times the space that a run of all tests needs. */
const ENOUGH_BYTES = 2 ** 31;

/**
 * D1 syncs each write to disk, a third of the time of the tests that write most. In memory a sync costs nothing. The folder
 * is deleted when the process ends. If TMPDIR is set, nothing changes.
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
