// How Cloudflare's API answers: one envelope around every result and every error.

import type { Account } from './account.ts';
import type { Runtime } from './runtime.ts';

export type Ask = {
  account: Account;
  runtime: Runtime;
  /** Where this API is reached. */
  base: string;
  /** What the path's parameters were, in order. */
  params: string[];
  query: URLSearchParams;
  headers: Headers;
  body: Buffer;
};

export type Reply = { status: number; body: string; headers?: Record<string, string> };

export type Route = {
  method: string;
  /** A `:` stands for one segment. */
  path: string;
  run: (ask: Ask) => Reply | Promise<Reply>;
};

type Info = { result_info?: object };

export function ok(result: unknown, info: Info = {}): Reply {
  return json(200, { success: true, errors: [], messages: [], result, ...info });
}

export function failed(status: number, code: number, message: string): Reply {
  return json(status, { success: false, errors: [{ code, message }], messages: [], result: null });
}

function json(status: number, body: unknown): Reply {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** One page of a list, as the query asks for it. */
export function page(items: object[], query: URLSearchParams, mostPerPage: number): Reply {
  const perPage = Math.min(Number(query.get('per_page') ?? 20), mostPerPage);
  const number = Number(query.get('page') ?? 1);
  const shown = items.slice((number - 1) * perPage, number * perPage);
  const info = { page: number, per_page: perPage, count: shown.length, total_count: items.length };
  return ok(shown, { result_info: info });
}

export function jsonOf({ body }: Ask): any {
  return JSON.parse(body.toString());
}

export function formOf({ headers, body }: Ask): Promise<FormData> {
  const type = headers.get('content-type') ?? '';
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}
