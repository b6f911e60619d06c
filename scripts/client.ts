// `npm run client`: compiles the npm package of client/, has publint and attw judge it as it would be packed, and measures
// what it adds to a page: bundled, minified, compressed by brotli.

import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildClient } from './client-build.ts';
import { giveUp, Mistake } from './terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CLIENT = join(ROOT, 'client');

function judge(program: string, args: string[]): void {
  try {
    const path = join(ROOT, 'node_modules/.bin', program);
    execFileSync(path, args, { cwd: CLIENT, stdio: 'inherit' });
  } catch {
    throw new Mistake(`${program} does not like the package of client/: see above.`);
  }
}

/** What each of them is imported for. */
const BUNDLES = {
  client: "export { createClient } from './dist/index.js';",
  react: "export { createClient } from './dist/index.js'; export { useRun } from './dist/react.js';",
};

async function check(): Promise<void> {
  await buildClient();
  judge('publint', ['--strict']);
  judge('attw', ['--pack', '.', '--profile', 'esm-only', '--quiet']);
  for (const [name, contents] of Object.entries(BUNDLES)) {
    await build({
      stdin: { contents, resolveDir: CLIENT },
      outfile: join(CLIENT, 'bundled', `${name}.js`),
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      external: ['react'],
    });
  }
  judge('size-limit', []);
}

check().catch(giveUp);
