// Builds a folder unless it is newer than all that it is made of. A build goes into a folder of its own and is then
// moved: two at once do no harm.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `build` fills the folder that it is given. Returns whether it had to. */
export async function buildUnlessNewer(
  place: string,
  sources: string[],
  build: (out: string) => Promise<void>,
): Promise<boolean> {
  if (existsSync(place) && statSync(place).mtimeMs >= newestOf(sources)) {
    return false;
  }
  const startedAt = new Date();
  const out = mkdtempSync(join(dirname(place), '.building-'));
  try {
    await build(out);
    // What changes from now on is newer.
    utimesSync(out, startedAt, startedAt);
    rmSync(place, { recursive: true, force: true });
    renameSync(out, place);
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    if (Object(error).code !== 'ENOTEMPTY') {
      throw error;
    }
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
