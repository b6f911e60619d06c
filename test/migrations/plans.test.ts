// 0024: what customers pay and may is what it was. A mark-up of 1 is what nobody had set, so a plan may say another.

import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { markupOf, limitsOf } from '../../src/features/plans/terms-store.ts';

const holding = () =>
  env.OLD_DB.prepare(
    `SELECT ${markupOf('customers')} AS markup, ${limitsOf('customers')} AS limits FROM customers ORDER BY id`,
  ).all();

test('the mark-ups and limits of before hold, and those that were set are the customer’s own', async ({
  expect,
}) => {
  await applyD1Migrations(
    env.OLD_DB,
    env.MIGRATIONS.filter(({ name }) => name < '0024'),
  );
  const customer = `INSERT INTO customers (id, name, markup_e4, limits, created_at_ms) VALUES (?1, 'Ada', ?2, ?3, 0)`;
  await env.OLD_DB.batch([
    env.OLD_DB.prepare(customer).bind('cus_1', 10_000, '{}'),
    env.OLD_DB.prepare(customer).bind('cus_2', 12_500, '{"max_concurrent":2}'),
    env.OLD_DB.prepare(customer).bind('cus_3', 0, '{}'),
  ]);
  await applyD1Migrations(env.OLD_DB, env.MIGRATIONS);
  expect((await holding()).results).toEqual([
    { markup: 10_000, limits: '{}' },
    { markup: 12_500, limits: '{"max_concurrent":2}' },
    { markup: 0, limits: '{}' },
  ]);
  await env.OLD_DB.batch([
    env.OLD_DB.prepare(
      `INSERT INTO plans (id, name, limits, markup_e4, created_at_ms)
       VALUES ('plan_1', 'Pro', '{"max_concurrent":9,"requests_total":5}', 20000, 0)`,
    ),
    env.OLD_DB.prepare("UPDATE customers SET plan_id = 'plan_1'"),
  ]);
  expect((await holding()).results).toEqual([
    { markup: 20_000, limits: '{"max_concurrent":9,"requests_total":5}' },
    { markup: 12_500, limits: '{"max_concurrent":2,"requests_total":5}' },
    { markup: 0, limits: '{"max_concurrent":9,"requests_total":5}' },
  ]);
  // A plan that is not there allows nothing.
  await env.OLD_DB.prepare('DELETE FROM plans').run();
  expect((await holding()).results[0]).toEqual({ markup: 10_000, limits: '{"max_concurrent":0}' });
});
