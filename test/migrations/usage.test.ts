// 0020_usage.sql over books that were kept before it: what was booked is in the sums, and what is booked then as well.

import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { createWorld } from '../support/world.ts';

const DAY = 86_400_000;
const NOON = 20_000 * DAY + DAY / 2;

test('settlements, costs and adjustments of before are in the daily sums, each on its day', async ({
  expect,
}) => {
  const db = env.OLD_DB;
  await applyD1Migrations(
    db,
    env.MIGRATIONS.filter(({ name }) => name < '0020'),
  );
  const job = `INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, unit_micros, hold_micros,
      charge_micros, cost_micros, created_at_ms, ended_at_ms, settled_at_ms, cost_at_ms, end_user, check_at_ms)
    VALUES (?1, 'cus_1', 'key_1', 'key_1', ?2, 'acct_env', ?3, 0, 10, ?4, ?5, 0, ?6, ?6, ?7, ?8, ?9)`;
  const ended = (id: string, state: string, more: (string | number | null)[]) =>
    db.prepare(job).bind(id, 'acme/model', state, ...more, null);
  await db.batch([
    db.prepare("INSERT INTO customers (id, name, created_at_ms) VALUES ('cus_1', 'Ada', 0)"),
    db.prepare(
      `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, created_at_ms)
       VALUES ('key_1', 'cus_1', 'secret', 'key_1', 'a', 'b', 'c', 0)`,
    ),
    ended('paid', 'succeeded', [10, 12, NOON, NOON, '']),
    ended('late', 'succeeded', [8, 9, NOON, NOON + DAY, '']),
    ended('failed', 'failed', [0, 3, NOON, NOON, '']),
    ended('lost', 'lost', [0, null, NOON + DAY, null, '']),
    ended('refused', 'refused', [0, null, NOON, null, '']),
    db.prepare(job).bind('open', 'acme/model', 'running', null, null, null, null, '', NOON),
    ...['paid', 'late'].map((id, index) =>
      db
        .prepare(
          `INSERT INTO ledger (reference, phase, kind, customer_id, micros, job_id, at_ms)
           VALUES (?1, 'operation', 'adjustment', 'cus_1', ?2, ?3, ?4)`,
        )
        .bind(`op_${index}`, 2 - 3 * index, id, NOON + index * DAY),
    ),
    db.prepare(
      "INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms) VALUES ('op_2', 'operation', 'credit', 'cus_1', 5, 0)",
    ),
  ]);
  await applyD1Migrations(db, env.MIGRATIONS);
  const sums = async () => {
    const { results } = await db
      .prepare(
        `SELECT day, jobs, succeeded, failed, cancelled, lost, charged, adjusted, cost, loss FROM usage_days
         WHERE customer_id = 'cus_1' AND key_id = 'key_1' AND model_id = 'acme/model' ORDER BY day`,
      )
      .all();
    return results.map((row) => Object.values(row));
  };
  expect(await sums()).toEqual([
    [20_000, 3, 2, 1, 0, 0, 18, 2, 15, 5],
    [20_001, 1, 0, 0, 0, 1, 0, -1, 9, 0],
  ]);
  await db
    .prepare(
      "UPDATE jobs SET state = 'cancelled', charge_micros = 0, ended_at_ms = ?1, settled_at_ms = ?1, check_at_ms = NULL WHERE id = 'open'",
    )
    .bind(NOON)
    .run();
  expect((await sums())[0]).toEqual([20_000, 4, 2, 1, 1, 0, 18, 2, 15, 5]);
  const { body } = await createWorld().isolate({ DB: db }).admin('GET', '/admin/ledger/check');
  expect(body.differences.filter(({ what }: { what: string }) => /^usage|^end user/.test(what))).toEqual([]);
});
