// Builds the pages of web/ into dist/, the assets of the Worker, and the pages of examples/web/ into a separate folder that is
// not deployed with the gateway.

import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildUnlessNewer } from './built.ts';
import { Mistake } from './terminal.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..');
const SHARED = ['openapi.d.ts', 'package-lock.json'];

/** Returns true if it had to build them. */
export function buildPages(root = ROOT, signal?: AbortSignal): Promise<boolean> {
  const sources = ['web', ...SHARED].map((name) => join(root, name));
  return buildUnlessNewer(join(root, 'dist'), sources, (out) => viteBuild(root, 'web', { out, signal }));
}

/** Builds the example page. Returns true if it had to. */
export async function buildExample(root = ROOT, signal?: AbortSignal): Promise<boolean> {
  const names = ['examples/web/src', 'examples/web/public', 'examples/web/example', 'client/src', ...SHARED];
  return buildUnlessNewer(
    join(root, 'examples/web/dist'),
    [...names, 'examples/web/vite.config.ts'].map((name) => join(root, name)),
    (out) => viteBuild(root, 'examples/web', { out, signal }),
  );
}

async function viteBuild(
  root: string,
  pages: string,
  { out, signal }: { out: string; signal: AbortSignal | undefined },
): Promise<void> {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', join(root, pages), '--outDir', out, '--emptyOutDir', '--logLevel', 'error'];
  // Tests set another one, and what they build is what `npm run deploy` uploads.
  const env = { ...process.env, NODE_ENV: 'production' };
  try {
    await run(process.execPath, args, { cwd: root, env, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw new Mistake(
      `The pages of ${pages}/ could not be built:\n${String(Object(error).stderr ?? error).trim()}`,
    );
  }
}
