// Bundles a Worker as a deployment does, without the network.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildPages } from './pages.ts';
import { Mistake } from './terminal.ts';

const run = promisify(execFile);
const WRANGLER = join(import.meta.dirname, '../node_modules/wrangler/bin/wrangler.js');

/** Keeps wrangler and Miniflare from calling home, and from writing outside of the clone. */
export const OFFLINE = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'error',
  WRANGLER_WRITE_LOGS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
};

/** The bundle of the Worker that `config` describes, as text; `out` keeps its files. */
export async function buildWorker(config: string, out: string, signal?: AbortSignal): Promise<string> {
  await buildPages(undefined, signal);
  const args = [WRANGLER, 'deploy', '--dry-run', '--config', config, '--outdir', out];
  const env = { ...process.env, ...OFFLINE };
  try {
    await run(process.execPath, args, { env, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw new Mistake(`${config} could not be bundled:\n${String(Object(error).stderr).trim()}`);
  }
  return readFile(join(out, 'index.js'), 'utf8');
}
