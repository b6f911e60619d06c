// /admin/customers/{id}/keys and /admin/keys: issue, list, change, revoke.

import * as z from 'zod/mini';
import { findCustomer } from '../../features/customers/store.ts';
import { isModelId } from '../../features/runcomfy/model-id.ts';
import { readJson } from '../../http/body.ts';
import type { AppContext, AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { issueKey } from '../../features/keys/issue.ts';
import type { Key } from '../../features/keys/key.ts';
import { listKeys, patchKey, revokeKey } from '../../features/keys/store.ts';
import { limitsMember, showLimits } from '../../features/ledger/limits.ts';
import { isCustomerId } from '../../lib/ids.ts';
import { instant } from '../../lib/instant.ts';
import { lazy } from '../../lib/lazy.ts';
import { Problem } from '../../lib/problem.ts';
import { shortName } from '../../lib/text-schema.ts';
import { changeBy } from './change.ts';
import { paging, showInstant, placeOf, showPage } from './paging.ts';

const models = lazy(() =>
  z.nullable(z.array(z.string().check(z.refine(isModelId, 'is not a model id'))).check(z.maxLength(500))),
);

const rights = lazy(() => ({
  models: z.optional(models()),
  limits: z.optional(limitsMember()),
  expires_at: z.nullish(instant()),
}));

const newKey = lazy(() => z.strictObject({ name: shortName(), ...rights() }));

const keyPatch = lazy(() => z.strictObject({ name: z.optional(shortName()), ...rights() }));

/** Mounted at /customers/:customer/keys. */
export function customerKeysApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.post('/', postKey);
  api.get('/', async (c) => {
    const { limit, cursor } = validate(paging(), c.req.query(), 'invalid_parameter');
    const customer = c.req.param('customer') ?? '';
    if ((await findCustomer(c.get('deps').db, customer)) === null) {
      throw new Problem('not_found', 'There is no such customer.');
    }
    const page = { afterMs: cursor?.ms ?? -1, afterId: cursor?.id ?? '', limit };
    const keys = await listKeys(c.get('deps').db, customer, page);
    return c.json(showPage(keys, limit, { show: showKey, place: placeOf }));
  });
  return api;
}

/** Mounted at /keys. */
export function keysApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.patch('/:id', async (c) => {
    const deps = c.get('deps');
    const sent = await readJson(c);
    const { expires_at, ...rest } = validate(keyPatch(), sent);
    const patch = { ...rest, expiresAtMs: expires_at };
    const id = c.req.param('id');
    const key = await patchKey(deps.db, id, {
      patch,
      change: changeBy(c, 'key.change', { object: id, change: sent }),
    });
    deps.memory.principals.clear();
    if (key === null) {
      throw new Problem('not_found', 'There is no such key.');
    }
    return c.json(showKey(key));
  });
  api.delete('/:id', async (c) => {
    const deps = c.get('deps');
    const id = c.req.param('id');
    const revoked = await revokeKey(deps.db, id, changeBy(c, 'key.revoke', { object: id }));
    deps.memory.principals.clear();
    if (!revoked) {
      throw new Problem('not_found', 'There is no such key.');
    }
    return c.body(null, 204);
  });
  return api;
}

async function postKey(c: AppContext): Promise<Response> {
  const sent = await readJson(c);
  const body = validate(newKey(), sent);
  const customerId = c.req.param('customer') ?? '';
  if (!isCustomerId(customerId)) {
    throw new Problem('not_found', 'There is no such customer.');
  }
  const request = {
    customerId,
    parentId: null,
    name: body.name,
    models: body.models ?? null,
    limits: body.limits ?? {},
    expiresAtMs: body.expires_at ?? null,
  };
  const { key, text } = await issueKey(
    c.get('deps'),
    request,
    changeBy(c, 'key.issue', { object: customerId, change: sent }),
  );
  return c.json({ ...showKey(key), key: text }, 201);
}

function showKey(key: Key): Record<string, unknown> {
  return {
    id: key.id,
    customer: key.customerId,
    kind: key.kind,
    parent: key.parentId,
    hint: key.hint,
    name: key.name,
    models: key.models,
    limits: showLimits(key.limits),
    expires_at: showInstant(key.expiresAtMs),
    revoked_at: showInstant(key.revokedAtMs),
    created_at: showInstant(key.createdAtMs),
  };
}
