// A world of its own for each test: a simulated RunComfy on a host of its own, a clock, and as many isolates of the
// gateway as asked for, over the file's one D1 and KV.

import { env } from 'cloudflare:workers';
import { createRunComfy, type RunComfy } from '../../simulator/runcomfy.ts';
import { createApp } from '../../src/app.ts';
import { compose, type Gateway } from '../../src/compose.ts';
import { continueSync } from '../../src/features/catalogue-sync/sync.ts';
import { runCron } from '../../src/cron.ts';
import { breachOf } from './contract.ts';
import { serve } from './network.ts';
import { testClock, type TestClock } from './clock.ts';
import { seeAnswer, seeLog } from './witness.ts';

export const ADMIN_TOKEN = 'test-admin-token-0123456789abcdefghijklmnopq';
export const READ_TOKEN = 'test-read-token-0123456789abcdefghijklmnopqr';
export const TEXT_TO_VIDEO = 'bytedance/dreamina-3-0/pro/text-to-video';
export const IMAGE_TO_VIDEO = 'bytedance/dreamina-3-0/pro/image-to-video';
export const PROMPT = { prompt: 'a lighthouse in the rain' };

export type Reply = { status: number; headers: Headers; body: any };
type Call = {
  method?: string;
  token?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
};

/** One isolate: its own memory, everything else shared. */
export type Isolate = {
  deps: Gateway;
  call: (path: string, options?: Call) => Promise<Reply>;
  raw: (path: string, init?: RequestInit) => Promise<Response>;
  admin: (method: string, path: string, body?: unknown) => Promise<Reply>;
  submit: (token: string, input?: unknown, model?: string) => Promise<Reply>;
  status: (token: string, id: string) => Promise<Reply>;
  result: (token: string, id: string) => Promise<Reply>;
  cancel: (token: string, id: string) => Promise<Reply>;
  cron: () => Promise<number>;
  /** What the other trigger does: a page of the catalogue, where a sync is due. */
  syncCron: () => Promise<void>;
};

export type World = Isolate & {
  clock: TestClock;
  runcomfy: RunComfy;
  logs: LogLine[];
  isolate: (overrides?: Record<string, unknown>) => Isolate;
  /** Waits until the work behind the answers is done. */
  idle: () => Promise<void>;
  customer: (fields?: object) => Promise<{ id: string }>;
  key: (customer: { id: string }, fields?: object) => Promise<{ id: string; key: string }>;
  /** A customer with a key, and the key's text. */
  tenant: (fields?: object, keyFields?: object) => Promise<Tenant>;
};

export type Tenant = { id: string; keyId: string; token: string };
type LogLine = { level: string; event: string; [field: string]: unknown };

/** Miniflare counts by the hour of the machine, which is not the world's. */
const OPEN: RateLimit = { limit: () => Promise.resolve({ success: true }) };
const OPEN_LIMITS = { READS: OPEN, MISSES: OPEN, PROBES: OPEN };

let worlds = 0;

export function createWorld(startMs?: number): World {
  worlds += 1;
  const host = `w${worlds}.runcomfy.test`;
  const clock = testClock(startMs);
  const runcomfy = createRunComfy({ now: clock.now });
  serve(host, (request) => runcomfy.fetch(request));
  const pending = new Set<Promise<unknown>>();
  const logs: LogLine[] = [];
  const isolate = (overrides: Record<string, unknown> = {}): Isolate =>
    createIsolate(
      {
        ...env,
        ...OPEN_LIMITS,
        RUNCOMFY_BASE_URL: `https://${host}`,
        RUNCOMFY_ACCOUNT_URL: `https://${host}`,
        ...overrides,
      },
      {
        clock,
        logs,
        pending,
      },
    );
  const first = isolate();
  const customer = async (fields: object = {}) => {
    const { status, body } = await first.admin('POST', '/admin/customers', { name: 'Ada', ...fields });
    mustBe(status, 201, body);
    return body;
  };
  const key = async (owner: { id: string }, fields: object = {}) => {
    const path = `/admin/customers/${owner.id}/keys`;
    const { status, body } = await first.admin('POST', path, { name: 'server', ...fields });
    mustBe(status, 201, body);
    return body;
  };
  return {
    ...first,
    clock,
    runcomfy,
    logs,
    isolate,
    customer,
    key,
    async idle() {
      while (pending.size > 0) {
        await Promise.all(pending);
      }
    },
    async tenant(fields, keyFields) {
      const { id } = await customer(fields);
      const issued = await key({ id }, keyFields);
      return { id, keyId: issued.id, token: issued.key };
    },
  };
}

type Shared = { clock: TestClock; logs: LogLine[]; pending: Set<Promise<unknown>> };

function createIsolate(isolateEnv: Env, { clock, logs, pending }: Shared): Isolate {
  const write = (level: string) => (event: string, fields: object) => {
    logs.push({ level, event, ...fields });
    seeLog({ level, event, ...fields });
  };
  const deps = compose(isolateEnv, {
    clock,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    waitUntil(work) {
      pending.add(work);
      void work.finally(() => pending.delete(work));
    },
  });
  const app = createApp(deps);
  const raw = async (path: string, init?: RequestInit) => {
    const request = new Request(new URL(path, 'https://gate.test'), init);
    const response = await app.fetch(request);
    await seeAnswer(request, response);
    const breach = await breachOf(request, response.clone());
    if (breach !== null) {
      throw new Error(breach);
    }
    return response;
  };
  const call = async (path: string, { method = 'GET', token = null, body, headers = {} }: Call = {}) => {
    const response = await raw(path, {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: encode(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const parsed = text === '' ? null : type.startsWith('application/json') ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: parsed };
  };
  const onRequest = (verb: string, method: string) => (token: string, id: string) =>
    call(`/v1/requests/${id}/${verb}`, { method, token });
  return {
    deps,
    raw,
    call,
    admin: (method, path, body) => call(path, { method, token: ADMIN_TOKEN, body }),
    submit: (token, input = PROMPT, model = TEXT_TO_VIDEO) =>
      call(`/v1/models/${model}`, { method: 'POST', token, body: input }),
    status: onRequest('status', 'GET'),
    result: onRequest('result', 'GET'),
    cancel: onRequest('cancel', 'POST'),
    cron: () => runCron(deps),
    syncCron: () => continueSync(deps),
  };
}

function encode(body: unknown): BodyInit {
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}

function mustBe(status: number, wanted: number, body: unknown): void {
  if (status !== wanted) {
    throw new Error(`expected ${wanted}, got ${status}: ${JSON.stringify(body)}`);
  }
}
