// The deployed bundle over stores that count their calls; GET /bench returns the counts. STORES selects the stores.

import gateway from './gateway.js';
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

export default {
  fetch: (request, env, ctx) =>
    request.url.endsWith('/bench') ? Response.json(meter) : gateway.fetch(request, bindingsOf(env), ctx),
  scheduled: (event, env, ctx) => gateway.scheduled(event, bindingsOf(env), ctx),
} satisfies ExportedHandler<Bindings>;
