// A PATCH is a JSON Merge Patch (RFC 7396), and may say so; no other body may.

import { test } from 'vitest';
import { countAudit } from '../support/audit.ts';
import { expectRefusal } from '../support/problem.ts';
import { pathOf, ROUTES } from '../support/routes.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO } from '../support/world.ts';

const PATCHES = ROUTES.filter(({ method }) => method === 'PATCH');
const OTHERS = ROUTES.filter(({ method, takesBody }) => takesBody && method !== 'PATCH');
const NOT_READ = {
  status: 415,
  code: 'unsupported_media_type',
  errorCode: 415001,
  detail: /Content-Type: application\/json/,
};

const types = ['application/merge-patch+json', 'Application/Merge-Patch+JSON; charset=utf-8'];

test.for(PATCHES.flatMap((route) => types.map((type) => ({ route, id: route.id, type }))))(
  '$id takes $type',
  async ({ route, type }, { expect }) => {
    const world = createWorld();
    const { id: customer, keyId: key } = await world.tenant();
    const { body: plan } = await world.admin('POST', '/admin/plans', { name: crypto.randomUUID() });
    const { status } = await world.call(
      pathOf(route, { customer, key, plan: plan.id, account: 'acct_env', model_id: TEXT_TO_VIDEO }),
      {
        method: 'PATCH',
        token: ADMIN_TOKEN,
        body: route.id === 'changeCustomers' ? { ids: [customer], patch: {} } : {},
        headers: { 'Content-Type': type },
      },
    );
    expect(status).toBe(200);
  },
);

test('a merge patch changes what it names, and is judged like any other body', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.customer({ limits: { requests_per_day: 1, max_concurrent: 2 } });
  const patch = (body: unknown) =>
    world.call(`/admin/customers/${id}`, {
      method: 'PATCH',
      token: ADMIN_TOKEN,
      body,
      headers: { 'Content-Type': 'application/merge-patch+json' },
    });
  const changed = await patch({ limits: { requests_per_day: null } });
  expect(changed).toMatchObject({ status: 200, body: { name: 'Ada', limits: { max_concurrent: 2 } } });
  expect(changed.body.limits).toEqual({ max_concurrent: 2 });
  expect((await patch({ nmae: 'Eve' })).body).toMatchObject({ status: 422, code: 'invalid_input' });
  expect((await patch('{"name":"a","name":"b"}')).body).toMatchObject({ code: 'malformed_body' });
});

test.for(OTHERS)('$id, which is not a patch, refuses a merge patch', async (route, { expect }) => {
  const world = createWorld();
  const { id: customer, keyId: key, token } = await world.tenant();
  const rows = await countAudit();
  const reply = await world.call(
    pathOf(route, { customer, key, account: 'acct_env', model_id: TEXT_TO_VIDEO }),
    {
      method: route.method,
      token: route.door === 'admin' ? ADMIN_TOKEN : token,
      body: {},
      headers: { 'Content-Type': 'application/merge-patch+json' },
    },
  );
  expectRefusal(expect, reply, NOT_READ);
  expect(await countAudit()).toBe(rows);
});

test.for(PATCHES)('$id takes no other patch', async (route, { expect }) => {
  const world = createWorld();
  const { id: customer, keyId: key } = await world.tenant();
  const reply = await world.call(
    pathOf(route, { customer, key, account: 'acct_env', model_id: TEXT_TO_VIDEO }),
    {
      method: 'PATCH',
      token: ADMIN_TOKEN,
      body: [],
      headers: { 'Content-Type': 'application/json-patch+json' },
    },
  );
  expectRefusal(expect, reply, NOT_READ);
});
