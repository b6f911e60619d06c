// KV: namespaces by title, their keys and values.

import { randomBytes } from 'node:crypto';
import type { Namespace } from './account.ts';
import { failed, jsonOf, ok, page, type Ask, type Reply, type Route } from './reply.ts';

const NAMESPACES = '/accounts/:/storage/kv/namespaces';

export const namespaceRoutes: Route[] = [
  {
    method: 'GET',
    path: NAMESPACES,
    run: ({ account, query }) => page(account.namespaces.map(shown), query, 1000),
  },
  { method: 'POST', path: NAMESPACES, run: create },
  { method: 'GET', path: `${NAMESPACES}/:/keys`, run: keys },
  { method: 'GET', path: `${NAMESPACES}/:/values/:`, run: value },
];

function shown({ id, title }: Namespace) {
  return { id, title, supports_url_encoding: true };
}

function create(ask: Ask): Reply {
  const { account, runtime } = ask;
  const { title } = jsonOf(ask);
  if (account.namespaces.some((namespace) => namespace.title === title)) {
    return failed(400, 10_014, 'create namespace: a namespace with this account ID and title already exists');
  }
  const namespace = { id: randomBytes(16).toString('hex'), title, slot: runtime.newSlot() };
  account.namespaces.push(namespace);
  return ok(shown(namespace));
}

async function kvOf({ account, params, runtime }: Ask): Promise<KVNamespace | null> {
  const namespace = account.namespaces.find(({ id }) => id === params[1]);
  return namespace === undefined ? null : runtime.namespace(namespace.slot);
}

async function keys(ask: Ask): Promise<Reply> {
  const kv = await kvOf(ask);
  if (kv === null) {
    return failed(404, 10_013, 'list keys: namespace not found');
  }
  const { query } = ask;
  const listed = await kv.list({
    prefix: query.get('prefix') ?? '',
    limit: Number(query.get('limit') ?? 1000),
    cursor: query.get('cursor') ?? null,
  });
  const cursor = listed.list_complete ? '' : listed.cursor;
  return ok(listed.keys, { result_info: { count: listed.keys.length, cursor } });
}

async function value(ask: Ask): Promise<Reply> {
  const kv = await kvOf(ask);
  const text = (await kv?.get(decodeURIComponent(ask.params[2] ?? ''))) ?? null;
  return text === null ? failed(404, 10_009, 'get: key not found') : { status: 200, body: text };
}
