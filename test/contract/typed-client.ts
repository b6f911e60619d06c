// A client of the gateway whose types come from openapi.d.ts alone: what an operation takes and answers is checked by
// the compiler, its method and path are read from openapi.json.

import document from '../../openapi.json';
import type { Operations } from '../../openapi.d.ts';

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** The members of a call that an operation has: `params`, `query`, `body`, `headers`. */
type Asked<O> = Omit<O, 'method' | 'path' | 'answer' | 'query' | 'headers'> &
  Partial<Pick<O, Extract<keyof O, 'query' | 'headers'>>>;

type Sent = {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
};

export type TypedClient = <Id extends keyof Operations>(
  id: Id,
  asked: Asked<Operations[Id]>,
) => Promise<Operations[Id]['answer']>;

const PLACES = new Map(
  Object.entries(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    ([path, operations]) =>
      Object.entries(operations).map(([method, { operationId }]) => [operationId, { method, path }] as const),
  ),
);

/** `token`: a customer's key or an admin token. Throws for every answer that is not a success. */
export function typedClient(send: Fetch, token: string): TypedClient {
  return async (id, asked) => {
    const { method, path } = PLACES.get(id)!;
    const { params = {}, query = {}, headers = {}, body }: Sent = asked;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name]!);
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const response = await send(`${filled}?${search}`, {
      method: method.toUpperCase(),
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        ...(headers as object),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${id}: ${response.status} ${text}`);
    }
    return text === '' ? null : JSON.parse(text);
  };
}
