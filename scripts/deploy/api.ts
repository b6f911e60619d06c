// Calls Cloudflare's API and unwraps its answers. It repeats reads only: a write without an answer may have succeeded, so the
// caller looks first.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';

const CLOUDFLARE = 'https://api.cloudflare.com/client/v4';
const TIMEOUT_MS = 30_000;
/** The pauses before the second and the third try of a read. */
const PAUSES_MS = [500, 1_500];
/** The page size of lists. */
const PAGE = 50;
const BAD_TOKEN = [6003, 9106, 9109, 10_000, 10_001];

const envelope = z.looseObject({
  success: z.boolean(),
  errors: z.optional(z.array(z.looseObject({ code: z.number(), message: z.string() }))),
  result: z.unknown(),
  result_info: z.optional(z.nullable(z.looseObject({ cursor: z.optional(z.string()) }))),
});

type Envelope = z.infer<typeof envelope>;

type Init = {
  method?: 'GET' | 'POST' | 'PUT';
  query?: Record<string, string>;
  body?: unknown;
  /** For slow calls. */
  timeoutMs?: number;
};

/** A refusal by Cloudflare. `code` is Cloudflare's number for the reason. */
export class Refused extends Mistake {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Api = {
  call: <T>(schema: z.ZodMiniType<T>, path: string, init?: Init) => Promise<T>;
  /** All pages of a list. */
  list: <T>(schema: z.ZodMiniType<T>, path: string, query?: Record<string, string>) => Promise<T[]>;
  /** One page of a list, and the cursor of the next page ('' on the last page). */
  slice: <T>(
    schema: z.ZodMiniType<T>,
    path: string,
    query: Record<string, string>,
  ) => Promise<{ items: T[]; cursor: string }>;
  /** The raw body of an answer; null if there is none. */
  text: (path: string) => Promise<string | null>;
};

export function createApi(headers: Record<string, string>): Api {
  const base = process.env['CLOUDFLARE_API_BASE_URL'] ?? CLOUDFLARE;
  const send = (path: string, init: Init = {}) => sendTo(base, headers, { path, ...init });
  const ask = async (path: string, init?: Init) => open(path, await send(path, init));
  return {
    call: async (schema, path, init) => read(schema, (await ask(path, init)).result, path),
    async list(schema, path, query = {}) {
      const items = [];
      for (let page = 1; ; page += 1) {
        const asked = { ...query, per_page: String(PAGE), page: String(page) };
        const found = read(z.array(schema), (await ask(path, { query: asked })).result, path);
        items.push(...found);
        if (found.length < PAGE) {
          return items;
        }
      }
    },
    async slice(schema, path, query) {
      const { result, result_info: info } = await ask(path, { query });
      return { items: read(z.array(schema), result, path), cursor: info?.cursor ?? '' };
    },
    async text(path) {
      const response = await send(path);
      return response.ok ? response.text() : null;
    },
  };
}

type Sent = Init & { path: string };

async function sendTo(base: string, headers: Record<string, string>, sent: Sent): Promise<Response> {
  const { path, method = 'GET', query = {}, body, timeoutMs = TIMEOUT_MS } = sent;
  const search = new URLSearchParams(query).toString();
  const url = `${base}${path}${search === '' ? '' : `?${search}`}`;
  const init = {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const pauses = method === 'GET' ? PAUSES_MS : [];
  for (const pauseMs of pauses) {
    const response = await tried(url, init, timeoutMs);
    if (response !== null && response.status < 500 && response.status !== 429) {
      return response;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const response = await tried(url, init, timeoutMs);
  if (response === null) {
    throw new Mistake(`Cloudflare does not answer (${method} ${path}).`);
  }
  return response;
}

/** Null if no answer came. */
async function tried(url: string, init: RequestInit, timeoutMs: number): Promise<Response | null> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(() => null);
}

async function open(path: string, response: Response): Promise<Envelope> {
  const parsed = envelope.safeParse(await response.json().catch(() => null));
  if (!parsed.success) {
    throw new Refused(response.status, 0, `Cloudflare answered ${response.status} to ${path} without JSON.`);
  }
  if (response.ok && parsed.data.success) {
    return parsed.data;
  }
  const { code = 0, message = 'no reason given' } = parsed.data.errors?.[0] ?? {};
  const isToken = response.status === 401 || BAD_TOKEN.includes(code);
  throw new Refused(
    response.status,
    code,
    isToken
      ? `Cloudflare does not accept the token for ${path} (${code}: ${message}). Create one at ` +
          'https://dash.cloudflare.com/profile/api-tokens\nfrom the template "Edit Cloudflare Workers", add the ' +
          'permissions "D1: Edit" and "Workers R2 Storage: Edit", and set CLOUDFLARE_API_TOKEN.'
      : `Cloudflare refused ${path} (${code}: ${message}).`,
  );
}

function read<T>(schema: z.ZodMiniType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new Mistake(`Cloudflare's answer to ${path} has an unexpected form.`);
  }
  return parsed.data;
}
