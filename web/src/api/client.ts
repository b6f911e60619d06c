// Only this file calls the gateway. The browser sends the cookie; the types come from openapi.json.

import type { Operations } from '../../../openapi.d.ts';
import { isBody, Refusal } from './refusal.ts';

type Id = keyof Operations;

/** The `params`, `query`, `headers` and `body` that an operation takes. */
export type Asked<I extends Id> = Pick<Operations[I], Extract<keyof Operations[I], 'params' | 'body'>> &
  Partial<Pick<Operations[I], Extract<keyof Operations[I], 'query' | 'headers'>>>;

export type AnswerOf<I extends Id> = Operations[I]['answer'];

type Sent = {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
};

/** A call of an operation. It compiles only with the method and the path of openapi.json. */
export function operation<I extends Id>(method: Operations[I]['method'], path: Operations[I]['path']) {
  return async (asked: Asked<I>): Promise<AnswerOf<I>> => {
    const { params = {}, query = {}, headers = {}, body }: Sent = asked;
    const response = await fetch(`${filled(path, params)}${searchOf(query)}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return readAnswer<AnswerOf<I>>(response);
  };
}

/**
 * A model id keeps its slashes. All other reserved characters are escaped, so that no value can change the path: URLs fold
 * `..` and even `%2E%2E`, but not `%252E%252E`, which is no id.
 */
function filled(path: string, params: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    (params[name] ?? '').split('/').map(escaped).join('/'),
  );
}

function escaped(segment: string): string {
  return /^\.{1,2}$/.test(segment) ? '%252E'.repeat(segment.length) : encodeURIComponent(segment);
}

function searchOf(query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      search.set(name, String(value));
    }
  }
  return search.size === 0 ? '' : `?${search}`;
}

async function readAnswer<T>(response: Response): Promise<T> {
  const text = await response.text();
  const body = parse(text, response.status);
  // A 503 of /admin/health has no code: it is an answer, not a refusal.
  if (!response.ok && !(response.status === 503 && !isBody(body) && body !== null)) {
    throw new Refusal(response.status, isBody(body) ? body : null);
  }
  // openapi.json defines the type; tests compare each answer of the gateway with it.
  return body;
}

/** Throws if the answer is not JSON: then something in front of the gateway has answered, such as Cloudflare with a page. */
function parse(text: string, status: number) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    throw new Refusal(status, null);
  }
}
