// 0015: jobs of tokens keep their Idempotency-Keys to themselves, as they did by their token before.

import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { test } from 'vitest';

test('an Idempotency-Key of before stands for the token that brought it', async ({ expect }) => {
  await applyD1Migrations(
    env.OLD_DB,
    env.MIGRATIONS.filter(({ name }) => name < '0015'),
  );
  const job = `INSERT INTO jobs (id, customer_id, key_id, family, token_id, model_id, account_id, state, unit_micros,
      hold_micros, created_at_ms, check_at_ms, idempotency_key)
    VALUES (?1, 'cus_1', 'key_1', 'key_1', ?2, 'acme/model', 'acct_env', 'running', 0, 0, 0, 0, 'order-1')`;
  await env.OLD_DB.batch([
    env.OLD_DB.prepare("INSERT INTO customers (id, name, created_at_ms) VALUES ('cus_1', 'Ada', 0)"),
    env.OLD_DB.prepare(
      `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, created_at_ms)
       VALUES ('key_1', 'cus_1', 'secret', 'key_1', 'a', 'b', 'c', 0)`,
    ),
    env.OLD_DB.prepare(job).bind('of the key', ''),
    env.OLD_DB.prepare(job).bind('of a token', 'key_2'),
  ]);
  await applyD1Migrations(env.OLD_DB, env.MIGRATIONS);
  const { results } = await env.OLD_DB.prepare(
    'SELECT id, end_user, idempotency_scope AS scope FROM jobs ORDER BY id',
  ).all();
  expect(results).toEqual([
    { id: 'of a token', end_user: '', scope: 'key_2' },
    { id: 'of the key', end_user: '', scope: '' },
  ]);
});
