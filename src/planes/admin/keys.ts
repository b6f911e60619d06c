// /admin/customers/{customer}/keys and /admin/keys: issue, list, change, revoke.

import * as z from 'zod/mini';
import { listUnknownIds } from '../../features/catalogue/list.ts';
import { changeKey } from '../../features/keys/change.ts';
import { findKeyOwner } from '../../features/keys/find.ts';
import { issueKey } from '../../features/keys/issue.ts';
import { KEY_STATUSES, type Key } from '../../features/keys/key.ts';
import { getKeyLimits } from '../../features/keys/read-limits.ts';
import { listAllKeys, listKeys } from '../../features/keys/list.ts';
import { rotateKey } from '../../features/keys/rotate.ts';
import { revokeKey } from '../../features/keys/revoke.ts';
import { graceSeconds } from '../../http/grace-seconds.ts';
import { instant } from '../../http/instant.ts';
import { showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { modelPattern } from '../../http/model-pattern.ts';
import { route } from '../../http/route.ts';
import { filter, filterText, shortName } from '../../http/text-schema.ts';
import { usd } from '../../lib/money.ts';
import type { Runtime } from '../../runtime.ts';
import type { LimitUseView } from './limit-use-view.ts';
import type { ChangedKeyView, FoundKeyView, KeyView, NewKeyView, RotatedKeyView } from './key-view.ts';
import { ordered, pageAfter, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';

const models = z.nullable(z.array(modelPattern).check(z.maxLength(500)));

const rights = {
  models: z.optional(models),
  limits: z.optional(limitsMember),
  expires_at: z.nullish(instant),
};

const newKey = z.strictObject({ name: shortName, ...rights });

const keyPatch = z.strictObject({ name: z.optional(shortName), ...rights });

const keysQuery = z.strictObject({
  ...ordered,
  id: filterText,
  hint: filterText,
  customer: filterText,
  parent: filterText,
  status: filter(z.enum(KEY_STATUSES)),
});

export const keyRoutes = {
  issueKey: route({
    method: 'POST',
    path: '/admin/customers/{customer}/keys',
    door: 'admin',
    summary: 'Create a key. The key is shown only in this response.',
    body: newKey,
    status: 201,
    refusals: ['not_found'],
    audit: 'key.issue',
    async run({ runtime, params, body, creation }): Promise<NewKeyView> {
      const request = {
        customerId: params.customer,
        name: body.name,
        models: body.models ?? null,
        limits: body.limits ?? {},
        expiresAtMs: body.expires_at ?? null,
      };
      const { key, text } = await issueKey(runtime, request, creation);
      return { ...showKey(key), key: text, ...(await warningsOf(runtime, key)) };
    },
  }),
  listKeysOfCustomer: route({
    method: 'GET',
    path: '/admin/customers/{customer}/keys',
    door: 'admin',
    summary: 'List the keys of a customer, oldest first.',
    query: z.strictObject(paging),
    refusals: ['not_found'],
    async run({ runtime, params, query }) {
      const keys = await listKeys(runtime, params.customer, pageAfter(query));
      return showPage(keys, query.limit, { show: showKey, place: placeOf });
    },
  }),
  listKeys: route({
    method: 'GET',
    path: '/admin/keys',
    door: 'admin',
    summary:
      'List the keys of all customers, or the browser tokens of one key. Oldest first, unless `order` is newest.',
    query: keysQuery,
    refusals: [],
    async run({ runtime, query }) {
      const order = query.order ?? 'oldest';
      const { rows, stoppedAt } = await listAllKeys(runtime, { ...query, order }, pageAfter(query, order));
      return showPage(rows, query.limit, { show: showKey, place: placeOf, stoppedAt });
    },
  }),
  changeKey: route({
    method: 'PATCH',
    path: '/admin/keys/{key}',
    door: 'admin',
    summary: 'Update a key. Keys that replaced each other by rotation share one set of limits.',
    body: keyPatch,
    refusals: ['not_found'],
    audit: 'key.change',
    async run({ runtime, params, body, change }): Promise<ChangedKeyView> {
      const { expires_at: expiresAtMs, ...rest } = body;
      const patch = { ...rest, expiresAtMs };
      const key = await changeKey(runtime, params.key, { patch, change: change(params.key) });
      return { ...showKey(key), ...(await warningsOf(runtime, key)) };
    },
  }),
  getKeyLimits: route({
    method: 'GET',
    path: '/admin/keys/{key}/limits',
    door: 'admin',
    summary: "Get the current usage of a key's limits, rotated keys included.",
    refusals: ['not_found'],
    run: async ({ runtime, params }): Promise<LimitUseView> => ({
      limits: await getKeyLimits(runtime, params.key),
    }),
  }),
  findKeyOwner: route({
    method: 'POST',
    path: '/admin/keys/find',
    door: 'admin',
    summary: 'Find the owner of a key by its text, its last use and its spending. The text is not stored.',
    // A key in a URL would end up in logs.
    reads: true,
    body: z.strictObject({ key: z.string().check(z.maxLength(200)) }),
    refusals: ['not_found'],
    async run({ runtime, body }): Promise<FoundKeyView> {
      const { key, use } = await findKeyOwner(runtime, body.key);
      return {
        ...showKey(key),
        last_day: { jobs: use.jobs, spent_usd: usd(use.micros), complete: use.isAll },
        revoke: key.revokedAtMs === null ? `DELETE /admin/keys/${key.id}` : null,
      };
    },
  }),
  rotateKey: route({
    method: 'POST',
    path: '/admin/keys/{key}/rotate',
    door: 'admin',
    summary:
      'Replace a key. Both keys work until the grace period ends and share their limits. The new key is shown only in this response.',
    body: z.strictObject({ grace_seconds: graceSeconds }),
    optionalBody: true,
    status: 201,
    refusals: ['not_found', 'conflict'],
    audit: 'key.rotate',
    async run({ runtime, params, body, change }): Promise<RotatedKeyView> {
      const asked = { id: params.key, graceSeconds: body.grace_seconds };
      const { key, text, old } = await rotateKey(runtime, asked, change(params.key));
      return { ...showKey(key), key: text, old: { id: old.id, expires_at: showInstant(old.expiresAtMs) } };
    },
  }),
  revokeKey: route({
    method: 'DELETE',
    path: '/admin/keys/{key}',
    door: 'admin',
    summary: 'Revoke a key, its successors and every browser token created with them.',
    status: 204,
    refusals: ['not_found'],
    audit: 'key.revoke',
    async run({ runtime, params, change }) {
      await revokeKey(runtime, params.key, change(params.key));
      return null;
    },
  }),
};

type Warnings = { warnings?: string[] };

/** Ids that the catalogue lacks are kept: a sync may add them. */
async function warningsOf(runtime: Runtime, { models: ids }: Key): Promise<Warnings> {
  const unknown = ids === null ? [] : await listUnknownIds(runtime, ids);
  return unknown.length === 0 ? {} : { warnings: unknown.map((id) => `models: the catalogue has no ${id}.`) };
}

function showKey(key: Key): KeyView {
  return {
    id: key.id,
    customer: key.customerId,
    kind: key.kind,
    parent: key.parentId,
    successor_of: key.successorOf,
    hint: key.hint,
    name: key.name,
    models: key.models,
    limits: showLimits(key.limits),
    origins: key.origins,
    end_user: key.endUser === '' ? null : key.endUser,
    expires_at: showInstant(key.expiresAtMs),
    revoked_at: showInstant(key.revokedAtMs),
    last_used_at: showInstant(key.lastUsedAtMs),
    created_at: showInstant(key.createdAtMs),
  };
}
