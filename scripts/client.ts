// For `npm run client`: compiles the npm package of client/ and bundles the part that a page loads, so that size-limit can
// measure it minified and compressed with brotli. publint and attw check the package as npm would pack it.

import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildClient } from './client-build.ts';
import { giveUp } from './terminal.ts';

const CLIENT = resolve(import.meta.dirname, '../client');

/** The imports that each bundle measures. */
const BUNDLES = {
  client: "export { createClient } from './dist/index.js';",
  react: "export { createClient } from './dist/index.js'; export { useRun } from './dist/react.js';",
};

async function bundle(): Promise<void> {
  await buildClient();
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
}

bundle().catch(giveUp);
