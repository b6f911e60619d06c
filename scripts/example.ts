// Builds the example page and its server as a Worker beside the gateway. Only `npm start` serves it.

import { join } from 'node:path';
import { build } from 'esbuild';
import { buildExample } from './pages.ts';

/** Builds the pages too. Returns the script of the Worker. */
export async function buildExampleWorker(root: string, signal?: AbortSignal): Promise<string> {
  const [, { outputFiles }] = await Promise.all([
    buildExample(root, signal),
    build({
      entryPoints: [join(root, 'examples/web/server/worker.ts')],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      write: false,
    }),
  ]);
  return outputFiles[0]?.text ?? '';
}
