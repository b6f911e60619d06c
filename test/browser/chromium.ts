// Where this machine has Chromium.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export const NO_CHROMIUM =
  'No Chromium on this machine: `apt-get install chromium`, or set CHROMIUM to the path of one.';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of the executable, or null. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths =
    named === undefined ? folders.flatMap((one) => NAMES.map((name) => join(one, name))) : [named];
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
