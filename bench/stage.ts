// All Workers that are measured, in one workerd, each on a direct socket of its own without a proxy in between.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import {
  unstable_getMiniflareWorkerOptions as readWorkerConfig,
  unstable_readConfig as readConfig,
} from 'wrangler';
import { buildWorker, OFFLINE } from '../scripts/build.ts';
import { migrate } from '../scripts/migrate.ts';
import { workerdBinary } from '../scripts/workerd.ts';

const ROOT = resolve(import.meta.dirname, '..');
const HOST = '127.0.0.1';
const COMPATIBILITY_DATE = '2026-10-20';

/** Three to compare with, the gateway over two kinds of stores, and parts of a call, in front of the same upstream. */
export type WorkerName = 'pass-through' | 'hono' | 'fal-proxy' | 'instant' | 'miniflare' | 'parts';

export const ADMIN_TOKEN = 'bench-admin-token-0123456789abcdefghijklmnopq';

export type Stage = {
  miniflare: Miniflare;
  db: D1Database;
  origins: Record<WorkerName, string>;
  /** The process that runs them all. */
  pid: number;
  end: () => Promise<void>;
};

export type Extras = {
  /** Further variables of the gateways. */
  vars?: Record<string, string>;
  /** Starts the inspector, which may slow isolates down. */
  inspected?: boolean;
  /** Sends the log to /dev/null, alarms included: to read it here would cost time on the same cores. */
  quiet?: boolean;
};

/** Builds and starts all, in front of `upstream`, and migrates D1. `folder` keeps bundles and data. */
export async function raise(
  folder: string,
  upstream: string,
  { vars = {}, inspected = false, quiet = false }: Extras = {},
): Promise<Stage> {
  Object.assign(process.env, OFFLINE);
  if (quiet) {
    process.env['MINIFLARE_WORKERD_PATH'] = quietWorkerd(folder);
  }
  const before = workerdPids();
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      host: HOST,
      port: 0,
      cf: false,
      ...(inspected ? { inspectorPort: 0 } : {}),
      workers: await workers(folder, upstream, vars),
      // Only alarms are shown, not the line for each request.
      handleStructuredLogs: ({ level, message }) => {
        if (level === 'error') {
          process.stderr.write(`${message}\n`);
        }
      },
    }),
    resourcePersistencePath: join(folder, 'data'),
    telemetry: { enabled: false },
  });
  await miniflare.ready;
  await migrate(miniflare, ROOT, 'miniflare');
  const originOf = async (name: WorkerName) => (await miniflare.unsafeGetDirectURL(name)).origin;
  const [pid] = workerdPids().filter((id) => !before.includes(id));
  if (pid === undefined) {
    throw new Error('workerd is not to be found in /proc');
  }
  return {
    miniflare,
    db: await miniflare.getD1Database('DB', 'miniflare'),
    origins: {
      'pass-through': await originOf('pass-through'),
      hono: await originOf('hono'),
      'fal-proxy': await originOf('fal-proxy'),
      instant: await originOf('instant'),
      miniflare: await originOf('miniflare'),
      parts: await originOf('parts'),
    },
    pid,
    end: () => miniflare.dispose(),
  };
}

/** A program that runs workerd; Miniflare reads nothing of what it writes to stdout. */
function quietWorkerd(folder: string): string {
  const path = join(folder, 'workerd.sh');
  writeFileSync(path, `#!/bin/sh\nexec "${workerdBinary()}" "$@" >/dev/null\n`, { mode: 0o755 });
  return path;
}

async function workers(
  folder: string,
  upstream: string,
  vars: Record<string, string>,
): Promise<V4WorkerOptions[]> {
  const config = join(ROOT, 'wrangler.toml');
  const gateway = await buildWorker(config, join(folder, 'gateway'));
  const metered = await bundle('metered');
  // With assets Miniflare routes each call through two Workers of its own, on the same core. Cloudflare routes before the
  // Worker, at no CPU of its.
  const { assets: _routed, ...workerOptions } = readWorkerConfig(config).workerOptions;
  const settings = {
    ...readConfig({ config }).vars,
    ADMIN_TOKENS: `bench:${ADMIN_TOKEN}`,
    RUNCOMFY_TOKEN: 'rc-bench-token-0123456789',
    RUNCOMFY_BASE_URL: upstream,
    RUNCOMFY_ACCOUNT_URL: upstream,
    ...vars,
  };
  const gated = (name: WorkerName): V4WorkerOptions => ({
    ...workerOptions,
    name,
    bindings: { ...settings, STORES: name },
    modules: [module('metered.js', metered), module('gateway.js', gateway)],
    ...SOCKET,
  });
  const plain = async (name: WorkerName): Promise<V4WorkerOptions> => ({
    name,
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: ['nodejs_compat'],
    bindings: { UPSTREAM: upstream },
    modules: [module('index.js', await bundle(name))],
    ...SOCKET,
  });
  return [
    gated('miniflare'),
    gated('instant'),
    await plain('pass-through'),
    await plain('hono'),
    await plain('fal-proxy'),
    await plain('parts'),
  ];
}

const SOCKET = { unsafeDirectSockets: [{ host: HOST, port: 0 }], stripCfConnectingIp: false };

function module(path: string, contents: string) {
  return { type: 'ESModule' as const, path, contents };
}

async function bundle(name: string): Promise<string> {
  const built = await build({
    entryPoints: [join(import.meta.dirname, 'workers', `${name}.ts`)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['./gateway.js', 'node:*'],
  });
  return built.outputFiles[0]?.text ?? '';
}

/** Children of this process that are workerd. */
function workerdPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(isOurWorkerd);
}

function isOurWorkerd(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return stat.includes('(workerd)') && Number(parent) === process.pid;
  } catch {
    return false;
  }
}
