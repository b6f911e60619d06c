// The built Workers in real workerd, for tests that run in Node: eval is refused there as in production.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Miniflare } from 'miniflare';
import { vi } from 'vitest';
import { OFFLINE } from '../../scripts/build.ts';
import { buildExampleWorker } from '../../scripts/example.ts';
import { buildBoth, GATEWAY, logFile, open, startLocal } from '../../scripts/local-cloud.ts';
import { SCHEDULES } from '../../src/schedules.ts';
import { migrate } from '../../scripts/migrate.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const ADMIN_TOKEN = 'bundle-admin-token-0123456789abcdefghijklmno';
const READ_TOKEN = 'bundle-read-token-0123456789abcdefghijklmnop';

type Reply = { status: number; headers: Headers; body: any };
export type Stage = {
  url: URL;
  miniflare: Miniflare;
  call: (path: string, init?: { method?: string; token?: string; body?: unknown }) => Promise<Reply>;
  admin: (method: string, path: string, body?: unknown) => Promise<Reply>;
  simulator: (method: string, path: string, body?: unknown) => Promise<any>;
  cron: () => Promise<void>;
  /** The log of the gateway so far. */
  log: () => Promise<string>;
  /** A new customer with a key. */
  tenant: () => Promise<{ id: string; token: string }>;
  /** Serves the page of examples/web, which mints its tokens with this key. The gateway moves to another port. */
  openExample: (key: string) => Promise<void>;
  end: () => Promise<void>;
};

/** A folder that is gone when `end` is called. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'comfygate-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const FIRST_PORT = 20_000;
const PAIRS = 1_000;
/** Ends at 30,000: Linux gives ports from 32,768 on to outgoing connections. */
const SHARES = 5;
/** Vitest numbers its processes, so that two at once choose from different shares. */
const share = Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES;
let lastPair = Math.floor(Math.random() * PAIRS);

/** A port that is free together with the one behind it, and that this process has not chosen before. */
export async function freePorts(): Promise<number> {
  for (let tries = 0; tries < PAIRS; tries += 1) {
    lastPair = (lastPair + 1) % PAIRS;
    const port = FIRST_PORT + 2 * (share * PAIRS + lastPair);
    if ((await isFree(port)) && (await isFree(port + 1))) {
      return port;
    }
  }
  throw new Error('no two free ports');
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}

type Init = { method?: string; token?: string; body?: unknown };

async function send(target: URL, init: Init = {}): Promise<Reply> {
  const { method = 'GET', token, body } = init;
  const response = await fetch(target, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  };
}

let built: ReturnType<typeof buildBoth> | undefined;

/** Gateway and simulator as they would be deployed, built once for all files that share this process. */
export function builtOnce(): ReturnType<typeof buildBoth> {
  built ??= (async () => {
    const folder = temporaryFolder();
    try {
      return await buildBoth(ROOT, folder.path);
    } finally {
      folder.remove();
    }
  })();
  return built;
}

/** Gateway and simulator, built and migrated. */
export async function raise(): Promise<Stage> {
  Object.assign(process.env, OFFLINE);
  const folder = temporaryFolder();
  const bundles = await builtOnce();
  const port = await freePorts();
  const vars = {
    ADMIN_TOKENS: `ops:${ADMIN_TOKEN}`,
    READ_TOKENS: `grafana:${READ_TOKEN}`,
    RUNCOMFY_TOKEN: 'rc-test-token-0123456789',
    RUNCOMFY_BASE_URL: `http://127.0.0.1:${port}`,
    RUNCOMFY_ACCOUNT_URL: `http://127.0.0.1:${port}`,
  };
  const local = { root: ROOT, state: folder.path, bundles, vars, simulatorPort: port };
  const miniflare = startLocal(local);
  await migrate(miniflare, ROOT);
  let url = await miniflare.ready;
  const call: Stage['call'] = (path, init) => send(new URL(path, url), init);
  const admin: Stage['admin'] = (method, path, body) => call(path, { method, token: ADMIN_TOKEN, body });
  return {
    get url() {
      return url;
    },
    miniflare,
    call,
    admin,
    simulator: async (method, path, body) =>
      (await send(new URL(path, `http://127.0.0.1:${port}`), { method, body })).body,
    async cron() {
      const { scheduled } = await miniflare.getWorker(GATEWAY);
      await scheduled({ cron: SCHEDULES.jobs });
    },
    log: async () => readFileSync(logFile(folder.path), 'utf8'),
    async tenant() {
      const { id } = (await admin('POST', '/admin/customers', { name: 'Ada' })).body;
      const { key } = (await admin('POST', `/admin/customers/${id}/keys`, { name: 'server' })).body;
      return { id, token: key };
    },
    async openExample(key) {
      const contents = await buildExampleWorker(ROOT);
      await open(miniflare, { ...local, example: { contents, key } }, await freePorts());
      url = await miniflare.ready;
    },
    async end() {
      await miniflare.dispose();
      folder.remove();
    },
  };
}

/** Asks until `found` says yes, for two minutes at most: another process is at work. */
export function eventually<T>(ask: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  const asked = async () => {
    const value = await ask();
    if (!found(value)) {
      throw new Error(`not yet: ${JSON.stringify(value)}`);
    }
    return value;
  };
  return vi.waitFor(asked, { timeout: 120_000 });
}

/** Writes bytes to the gateway as a client of its own making, and hangs up once `until` is seen or all is sent. */
export function speak(
  url: URL,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  until?: string,
): Promise<{ heard: string; sent: number }> {
  return new Promise((done) => {
    let heard = '';
    let sent = 0;
    const socket = connect(Number(url.port), '127.0.0.1');
    const finish = () => {
      socket.destroy();
      done({ heard, sent });
    };
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      if (until !== undefined && heard.includes(until)) {
        finish();
      }
    });
    socket.on('close', finish);
    socket.on('error', finish);
    const sendAll = async () => {
      for await (const chunk of chunks) {
        if (socket.destroyed) {
          return;
        }
        sent += chunk.length;
        await new Promise<void>((next) => {
          socket.write(chunk, () => next());
        });
      }
      if (until === undefined) {
        finish();
      }
    };
    socket.on('connect', () => void sendAll());
  });
}
