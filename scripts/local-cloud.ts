// Gateway and simulator on this machine: two Workers in one workerd, with D1, KV and the simulator's Durable Object
// kept under the state folder.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as readWorkerConfig } from 'wrangler';
import { buildWorker } from './build.ts';
import type { Options } from './options.ts';
import { say } from './terminal.ts';

export const GATEWAY = 'comfygate';
const SIMULATOR = 'runcomfy-simulator';
const HOST = '127.0.0.1';

type Bundles = { gateway: string; simulator: string };

/** Both Workers as they would be deployed. */
export async function buildBoth(root: string, state: string): Promise<Bundles> {
  const [gateway, simulator] = await Promise.all([
    buildWorker(join(root, 'wrangler.toml'), join(state, 'build', 'gateway')),
    buildWorker(join(root, 'simulator', 'wrangler.toml'), join(state, 'build', 'simulator')),
  ]);
  return { gateway, simulator };
}

export type Local = { options: Options; root: string; bundles: Bundles; secrets: Record<string, string> };

/** Starts both. Until `open` the gateway listens on a port that only this process knows. */
export async function startLocal(local: Local): Promise<Miniflare> {
  const miniflare = new Miniflare(configure(local, 0));
  await miniflare.ready;
  return miniflare;
}

/** Opens the gateway's public port. */
export async function open(miniflare: Miniflare, local: Local): Promise<void> {
  await miniflare.setOptions(configure(local, local.options.port));
  await miniflare.ready;
}

function configure(local: Local, port: number) {
  const { options, root, bundles, secrets } = local;
  const gateway = worker(join(root, 'wrangler.toml'), GATEWAY, bundles.gateway);
  const simulator = worker(join(root, 'simulator', 'wrangler.toml'), SIMULATOR, bundles.simulator);
  const bindings = {
    ...gateway.bindings,
    ...secrets,
    RUNCOMFY_BASE_URL: `http://${HOST}:${options.port + 1}`,
  };
  return {
    ...convertV4MiniflareOptions({
      host: HOST,
      port,
      cf: false,
      workers: [
        { ...gateway, bindings },
        { ...simulator, unsafeDirectSockets: [{ host: HOST, port: options.port + 1 }] },
      ],
      handleStructuredLogs: (line) => keepLog(options.state, line),
    }),
    resourcePersistencePath: join(options.state, 'data'),
    telemetry: { enabled: false },
  };
}

function worker(config: string, name: string, contents: string): V4WorkerOptions {
  const { workerOptions } = readWorkerConfig(config);
  return { ...workerOptions, name, modules: [{ type: 'ESModule', path: 'index.js', contents }] };
}

/** All lines go to a file; what the operator should know of is told in a short one as well. */
function keepLog(state: string, line: { level: string; message: string }): void {
  appendFileSync(join(state, 'gateway.log'), `${line.message}\n`);
  if (line.level === 'error' || line.level === 'warn') {
    const { event = line.message, reason = '', code = reason } = fieldsOf(line.message);
    say(`${line.level}: ${`${event} ${code}`.trim().slice(0, 60)} (gateway.log has the rest)`);
  }
}

function fieldsOf(message: string): Partial<Record<'event' | 'reason' | 'code', string>> {
  try {
    return Object(JSON.parse(message));
  } catch {
    return {};
  }
}
