// The deployed bundle over stores that count how often they are asked. GET /meter tells; PUT /owners writes copies of
// owners from within, which is much faster than from outside. STORES says which stores.

import gateway from './gateway.js';
import { ownerCopy } from '../made-up.ts';
import { instantDb, instantKv } from './instant-stores.ts';
import { meteredDb, meteredKv, readMeter } from './meter.ts';

type Bindings = Env & { STORES: 'instant' | 'miniflare' };

let stores: Pick<Env, 'DB' | 'OWNERS'> | undefined;

function storesOf(env: Bindings): Pick<Env, 'DB' | 'OWNERS'> {
  stores ??=
    env.STORES === 'instant'
      ? { DB: meteredDb(instantDb(env.DB)), OWNERS: meteredKv(instantKv(env.OWNERS)) }
      : { DB: meteredDb(env.DB), OWNERS: meteredKv(env.OWNERS) };
  return stores;
}

export default {
  async fetch(request, env, ctx) {
    const { method, url } = request;
    if (url.endsWith('/meter')) {
      return Response.json(readMeter());
    }
    if (method === 'PUT' && url.endsWith('/owners')) {
      return writeOwners(env.OWNERS, await request.json());
    }
    return gateway.fetch(request, { ...env, ...storesOf(env) }, ctx);
  },
  scheduled: (event, env, ctx) => gateway.scheduled(event, { ...env, ...storesOf(env) }, ctx),
} satisfies ExportedHandler<Bindings>;

async function writeOwners(kv: KVNamespace, ids: string[]): Promise<Response> {
  await Promise.all(ids.map((id) => kv.put(`job:${id}`, JSON.stringify(ownerCopy(id)))));
  return Response.json({ written: ids.length });
}
