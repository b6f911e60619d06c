// Runs gateway and simulator on this machine: two Workers in one workerd, with D1, KV and the simulator's Durable Object in
// the state folder. A third Worker is between the gateway and the network. Without a simulator the gateway runs alone and
// calls the real RunComfy.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import {
  unstable_getMiniflareWorkerOptions as readWorkerConfig,
  unstable_readConfig as readConfig,
} from 'wrangler';
import { buildWorker } from './build.ts';
import { say } from './terminal.ts';

export const GATEWAY = 'comfygate';
export const HOST = '127.0.0.1';
const SIMULATOR = 'runcomfy-simulator';
const OUTBOUND = 'outbound';
const EXAMPLE = 'comfygate-example';

/** Sends calls to RunComfy's hosts to the simulator, so that its sample pictures exist. All other hosts are real. */
const OUTBOUND_SCRIPT = `export default {
  fetch(request, env) {
    const { hostname } = new URL(request.url);
    return hostname.endsWith('.runcomfy.net') ? env.SIMULATOR.fetch(request) : fetch(request);
  },
};`;

/** `simulator` is null for the real RunComfy. */
type Bundles = { gateway: string; simulator: string | null };

/** The bundles of both Workers, as a deployment builds them. */
export async function buildBoth(root: string, state: string, signal?: AbortSignal): Promise<Bundles> {
  const [{ gateway }, simulator] = await Promise.all([
    buildGateway(root, state, signal),
    buildWorker(join(root, 'simulator/wrangler.toml'), join(state, 'build', 'simulator'), signal),
  ]);
  return { gateway, simulator };
}

export async function buildGateway(root: string, state: string, signal?: AbortSignal): Promise<Bundles> {
  const gateway = await buildWorker(join(root, 'wrangler.toml'), join(state, 'build', 'gateway'), signal);
  return { gateway, simulator: null };
}

export type Local = {
  root: string;
  state: string;
  bundles: Bundles;
  /** Secrets of the gateway, and variables that replace those of wrangler.toml. */
  vars: Record<string, string>;
  simulatorPort: number;
  /** The example page: the script of its Worker, and the key that creates its browser tokens. */
  example?: { contents: string; key: string };
};

/** Starts both Workers. Until `open`, the gateway listens on a port that only this process knows. */
export function startLocal(local: Local): Miniflare {
  return new Miniflare(configure(local, 0));
}

/** Opens the gateway's public port. */
export async function open(miniflare: Miniflare, local: Local, port: number): Promise<void> {
  await miniflare.setOptions(configure(local, port));
  await miniflare.ready;
}

function configure(local: Local, port: number) {
  const { root, state, bundles } = local;
  const gateway = worker(join(root, 'wrangler.toml'), GATEWAY, bundles.gateway);
  const bindings = { ...gateway.bindings, ...local.vars };
  const workers: V4WorkerOptions[] =
    bundles.simulator === null
      ? [{ ...gateway, bindings }]
      : [{ ...gateway, bindings, outboundService: OUTBOUND }, ...simulatorOf(local, bundles.simulator)];
  return {
    ...convertV4MiniflareOptions({
      host: HOST,
      port,
      cf: false,
      workers: [...workers, ...exampleOf(local, port)],
      handleStructuredLogs: (line) => keepLog(state, line),
    }),
    resourcePersistencePath: join(state, 'data'),
    telemetry: { enabled: false },
  };
}

/** The simulator, and the Worker that sends the gateway's calls to it. */
function simulatorOf({ root, simulatorPort }: Local, contents: string): V4WorkerOptions[] {
  return [
    {
      name: OUTBOUND,
      modules: [{ type: 'ESModule', path: 'outbound.js', contents: OUTBOUND_SCRIPT }],
      serviceBindings: { SIMULATOR },
    },
    {
      ...worker(join(root, 'simulator', 'wrangler.toml'), SIMULATOR, contents),
      // After ten idle seconds it would be evicted and would lose its settings and planned faults.
      durableObjects: {
        SIMULATOR: { className: 'RunComfySimulator', useSQLite: true, unsafePreventEviction: true },
      },
      unsafeDirectSockets: [{ host: HOST, port: simulatorPort }],
    },
  ];
}

/** The example has its own path on the port of the gateway, and the gateway does not know it. */
function exampleOf({ root, bundles, simulatorPort, example }: Local, port: number): V4WorkerOptions[] {
  if (example === undefined) {
    return [];
  }
  const { contents, key } = example;
  const bindings = {
    GATE: `http://${HOST}:${port}`,
    MEDIA: bundles.simulator === null ? '' : `http://${HOST}:${simulatorPort}`,
    COMFYGATE_KEY: key,
  };
  const config = join(root, 'examples', 'web', 'wrangler.toml');
  return [{ ...worker(config, EXAMPLE, contents), bindings, routes: ['*/example', '*/example/*'] }];
}

/** The Worker of a config, with the variables of the config but not of a .dev.vars beside it. */
function worker(config: string, name: string, contents: string): V4WorkerOptions {
  const { workerOptions } = readWorkerConfig(config);
  const { vars } = readConfig({ config });
  const modules = [{ type: 'ESModule' as const, path: 'index.js', contents }];
  return { ...workerOptions, name, modules, bindings: vars };
}

export function logFile(state: string): string {
  return join(state, 'gateway.log');
}

/** Writes all log lines to a file, and prints warnings and errors in short. */
function keepLog(state: string, line: { level: string; message: string }): void {
  appendFileSync(logFile(state), `${line.message}\n`);
  if (line.level === 'error' || line.level === 'warn') {
    say(`${line.level}: ${brief(line.message)}`);
  }
}

function brief(message: string): string {
  try {
    const { event, code, reason } = Object(JSON.parse(message));
    return [event, code ?? reason].filter((word) => typeof word === 'string').join(', ');
  } catch {
    return message.split('\n', 1)[0]?.slice(0, 90) ?? '';
  }
}
