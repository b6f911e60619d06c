// A client of the gateway whose types come from openapi.d.ts alone: what an operation takes and answers is checked by
// the compiler, its method and path are read from openapi.json.

import document from '../../openapi.json';
import type { Operations } from '../../openapi.d.ts';

/** The input of a call: `params`, `query`, `headers`, `body`. */
export type Asked<Id extends keyof Operations> = Pick<
  Operations[Id],
  Extract<keyof Operations[Id], 'params' | 'body'>
> &
  Partial<Pick<Operations[Id], Extract<keyof Operations[Id], 'query' | 'headers'>>>;

export type Sent = {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
};

const PLACES = new Map(
  Object.entries(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    ([path, operations]) =>
      Object.entries(operations).map(([method, { operationId }]) => [operationId, { method, path }] as const),
  ),
);

/** The request of a call; `token`: a customer's key or an admin token. */
export function requestOf(id: string, asked: Sent, token: string): { path: string; init: RequestInit } {
  const { method, path } = PLACES.get(id)!;
  const { params = {}, query = {}, headers = {}, body } = asked;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name]!);
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return {
    path: search.size === 0 ? filled : `${filled}?${search.toString()}`,
    init: {
      method: method.toUpperCase(),
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  };
}

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** Throws for every answer that is not a success. */
export function typedClient(send: Fetch, token: string) {
  return async <Id extends keyof Operations>(id: Id, asked: Asked<Id>): Promise<Operations[Id]['answer']> => {
    const { path, init } = requestOf(id, asked, token);
    const response = await send(path, init);
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${id}: ${response.status} ${text}`);
    }
    return text === '' ? null : JSON.parse(text);
  };
}
