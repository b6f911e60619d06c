// The simulator in the place of RunComfy, for gateways that a clone deploys.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRunComfy } from '../../simulator/runcomfy.ts';
import { serveFetch, type Served } from './serve-fetch.ts';
import type { Clone } from './support.ts';

/** The RunComfy token of the simulator. */
export const RUNCOMFY_TOKEN = 'rc-test-token-0123456789';

export async function serveRunComfy(): Promise<Served> {
  const simulator = createRunComfy({ now: Date.now });
  simulator.settings({ queue_ms: 0, run_ms: 0 });
  return serveFetch((request) => simulator.fetch(request));
}

/** The clone, whose gateways have the simulator for RunComfy. */
export function simulated(clone: Clone, { url }: Served): Clone {
  const file = join(clone.path, 'wrangler.toml');
  const toml = readFileSync(file, 'utf8');
  writeFileSync(file, toml.replaceAll(/^(RUNCOMFY_\w+_URL) = .*$/gm, `$1 = "${url}"`));
  return clone;
}
