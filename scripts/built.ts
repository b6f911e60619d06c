// Builds a folder if a source is newer. Each build writes to its own folder and then moves it, so two builds at the same
// time do no harm.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `build` fills the given folder. Returns true if it had to build. */
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
    // The time of the start: a source that changes during the build counts as newer.
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
