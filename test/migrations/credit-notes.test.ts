// 0007_credit_notes.sql over books that were kept before it.

import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { createWorld, ADMIN_TOKEN } from '../support/world.ts';

const before = env.MIGRATIONS.filter(({ name }) => name < '0007');
const world = () => createWorld().isolate({ DB: env.OLD_DB });

test('notes and keys of old credits move out of the ledger, which keeps the rest and stays append-only', async ({
  expect,
}) => {
  const db = env.OLD_DB;
  await applyD1Migrations(db, before);
  await db.batch(
    [
      "INSERT INTO customers (id, name, balance_micros, created_at_ms) VALUES ('cus_a', 'A', 7, 0), ('cus_ab', 'B', 4, 0)",
      `INSERT INTO ledger (reference, phase, kind, customer_id, micros, note, job_id, at_ms) VALUES
         ('op_0000000000000000000001', 'operation', 'credit', 'cus_a', 1, 'by hand', NULL, 1),
         ('cus_a:k:1', 'operation', 'credit', 'cus_a', 2, 'invoice', NULL, 2),
         ('cus_ab:k:1', 'operation', 'credit', 'cus_ab', 4, 'theirs', NULL, 3),
         ('cus_a:k:2', 'operation', 'adjustment', 'cus_a', 4, 'grey', NULL, 4)`,
    ].map((sql) => db.prepare(sql)),
  );
  await applyD1Migrations(db, env.MIGRATIONS);
  const columns = (await db.prepare('SELECT * FROM ledger').all()).results.map((row) => Object.keys(row));
  expect(columns[0]).not.toContain('note');

  const gate = world();
  const { items } = (await gate.admin('GET', '/admin/customers/cus_a/credits')).body;
  const id = expect.stringMatching(/^op_[0-9A-Za-z]{22}$/);
  expect(items).toMatchObject([
    { id, amount_usd: 0.000004, note: 'grey' },
    { id, amount_usd: 0.000002, note: 'invoice' },
    { id: 'op_0000000000000000000001', amount_usd: 0.000001, note: 'by hand' },
  ]);
  expect((await gate.admin('GET', '/admin/ledger/check')).body.differences).toEqual([]);
  // The key of an old credit still stands for it.
  const again = (note: string) =>
    gate.call('/admin/customers/cus_a/credits', {
      method: 'POST',
      token: ADMIN_TOKEN,
      body: { amount_usd: 0.000002, note },
      headers: { 'Idempotency-Key': 'k:1' },
    });
  expect(await again('invoice')).toMatchObject({
    status: 201,
    body: { id: items[1].id, balance_usd: 0.000007 },
  });
  expect((await again('another')).body.code).toBe('idempotency_mismatch');
  for (const sql of ['DELETE FROM ledger', 'UPDATE ledger SET micros = 0']) {
    await expect(db.prepare(sql).run()).rejects.toThrow('append-only');
  }
});
