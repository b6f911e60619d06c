// Bundles a Worker the way it is deployed, without touching the network.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Keeps wrangler and Miniflare from calling home. */
export const OFFLINE = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'error',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
};

/** The bundle of the Worker that `config` describes, as text; `out` keeps its files. */
export async function buildWorker(config: string, out: string): Promise<string> {
  const args = ['deploy', '--dry-run', '--config', config, '--outdir', out];
  await run(
    process.execPath,
    [join(import.meta.dirname, '../node_modules/wrangler/bin/wrangler.js'), ...args],
    {
      env: { ...process.env, ...OFFLINE },
    },
  );
  return readFile(join(out, 'index.js'), 'utf8');
}
