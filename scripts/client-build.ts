// Compiles the npm package of client/ into client/dist.

import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildUnlessNewer } from './built.ts';
import { Mistake } from './terminal.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = [
  'client/src',
  'client/tsconfig.json',
  'client/package.json',
  'tsconfig.json',
  'package-lock.json',
];

export function buildClient(): Promise<boolean> {
  const sources = SOURCES.map((name) => join(ROOT, name));
  return buildUnlessNewer(join(ROOT, 'client/dist'), sources, async (out) => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    try {
      await run(process.execPath, [tsc, '-p', join(ROOT, 'client'), '--outDir', out]);
    } catch (error) {
      throw new Mistake(`The client could not be compiled:\n${String(Object(error).stdout ?? error).trim()}`);
    }
  });
}
