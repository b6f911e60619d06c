// The deployed bundle over stores that count how often they are asked. GET /bench tells; PUT /bench writes copies of
// owners from within, which is much faster than from outside. STORES says which stores.

import gateway from './gateway.js';
import { ownerCopy } from '../made-up.ts';
import { instantDb, instantKv } from './instant-stores.ts';
import { meter, meteredDb, meteredKv } from './meter.ts';

type Bindings = Env & { STORES: 'instant' | 'miniflare' };

let bindings: Env | undefined;

function bindingsOf(env: Bindings): Env {
  bindings ??=
    env.STORES === 'instant'
      ? { ...env, DB: instantDb(env.DB), OWNERS: instantKv() }
      : { ...env, DB: meteredDb(env.DB), OWNERS: meteredKv(env.OWNERS) };
  return bindings;
}

async function forBench(request: Request, env: Bindings): Promise<Response> {
  return request.method === 'PUT' ? writeOwners(env.OWNERS, await request.json()) : Response.json(meter);
}

async function writeOwners(kv: KVNamespace, ids: string[]): Promise<Response> {
  await Promise.all(ids.map((id) => kv.put(`job:${id}`, JSON.stringify(ownerCopy(id)))));
  return Response.json({ written: ids.length });
}

export default {
  fetch: (request, env, ctx) =>
    request.url.endsWith('/bench') ? forBench(request, env) : gateway.fetch(request, bindingsOf(env), ctx),
  scheduled: (event, env, ctx) => gateway.scheduled(event, bindingsOf(env), ctx),
} satisfies ExportedHandler<Bindings>;
