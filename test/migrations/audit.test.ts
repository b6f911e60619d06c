// 0022_audit.sql over an audit that was kept before it.

import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { createWorld } from '../support/world.ts';

const before = env.MIGRATIONS.filter(({ name }) => name < '0022');

test('entries keep their ids, their requests can be erased, and the next run seals them', async ({
  expect,
}) => {
  const db = env.OLD_DB;
  await applyD1Migrations(db, before);
  await db
    .prepare(
      `INSERT INTO audit (at_ms, actor, action, object, change, trace_id) VALUES
         (5, 'ops', 'customer.create', 'cus_a', '{"name":"Ada"}', 'one'),
         (5, 'ops', 'customer.change', 'cus_a', '{"name":"Bob"}', 'two'),
         (7, 'eve', 'settings.change', 'settings', '{"submits":"off"}', 'three')`,
    )
    .run();
  await applyD1Migrations(db, env.MIGRATIONS);

  const world = createWorld();
  const gate = world.isolate({ DB: db });
  const { items } = (await gate.admin('GET', '/admin/audit')).body;
  const none = { session: null, changes: [], address: null };
  expect(items).toMatchObject([
    { ...none, id: 3, actor: 'eve', object: 'settings', asked: { submits: 'off' }, trace_id: 'three' },
    { ...none, id: 2, action: 'customer.change', asked: { name: 'Bob' }, trace_id: 'two' },
    { ...none, id: 1, action: 'customer.create', asked: { name: 'Ada' }, at: '1970-01-01T00:00:00.005Z' },
  ]);
  const { results: salts } = await db.prepare('SELECT DISTINCT salt FROM audit_details').all();
  expect(salts).toHaveLength(3);
  await gate.cron();
  expect(world.logs.find(({ event }) => event === 'audit_sealed')).toMatchObject({ count: 3 });
  await gate.admin('PATCH', '/admin/settings', { submits: 'on' });
  expect((await gate.admin('GET', '/admin/audit?limit=1')).body.items[0]).toMatchObject({ id: 4 });
});
