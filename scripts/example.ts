// The example page with its server, as a Worker beside the gateway: `npm start` alone serves it.

import { join } from 'node:path';
import { build } from 'esbuild';
import { buildExample } from './pages.ts';

/** The text of its Worker; its pages are built as well. */
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
