// Builds the pages of web/ into dist/, from where the Worker's assets are served, unless they are newer than all that
// they are made of. A build goes into a folder of its own and is then moved: two at once do no harm.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Mistake } from './terminal.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = ['web', 'openapi.d.ts', 'package-lock.json'];

/** Returns whether they had to be built. */
export async function buildPages(root = ROOT, signal?: AbortSignal): Promise<boolean> {
  const dist = join(root, 'dist');
  if (existsSync(dist) && statSync(dist).mtimeMs >= newestOf(SOURCES.map((name) => join(root, name)))) {
    return false;
  }
  const startedAt = new Date();
  const out = mkdtempSync(join(root, '.pages-'));
  try {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', join(root, 'web'), '--outDir', out, '--emptyOutDir', '--logLevel', 'error'];
    await run(process.execPath, args, { cwd: root, ...(signal === undefined ? {} : { signal }) });
    // What changes from now on is newer.
    utimesSync(out, startedAt, startedAt);
    rmSync(dist, { recursive: true, force: true });
    renameSync(out, dist);
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    if (Object(error).code === 'ENOTEMPTY') {
      return true;
    }
    throw new Mistake(`The pages could not be built:\n${String(Object(error).stderr ?? error).trim()}`);
  }
  return true;
}

function newestOf(paths: string[]): number {
  const times = paths.map((path) => {
    if (!existsSync(path)) {
      return 0;
    }
    const stat = statSync(path);
    return stat.isDirectory()
      ? Math.max(stat.mtimeMs, newestOf(readdirSync(path).map((name) => join(path, name))))
      : stat.mtimeMs;
  });
  return Math.max(0, ...times);
}
