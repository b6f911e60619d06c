// G4: every balance and counter can be recomputed. The check has to find what is wrong, or its 0 means nothing.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { differences } from '../../support/books.ts';
import { createWorld, type World } from '../../support/world.ts';

/** A customer with a charged, a cancelled, a refused, a running and an unconfirmed job, and a credit. */
async function busyCustomer(world: World): Promise<string> {
  const { id, token } = await world.tenant({ prepaid: true });
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 10, note: 'invoice 1' });
  const charged = await world.submit(token);
  world.clock.advance(10_000);
  await world.result(token, charged.body.request_id);
  const cancelled = await world.submit(token);
  await world.cancel(token, cancelled.body.request_id);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 429 }, times: 1 });
  await world.submit(token);
  await world.submit(token);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  await world.submit(token);
  await world.idle();
  return id;
}

test('books that add up have no difference, of one customer and of all', async ({ expect }) => {
  const world = createWorld();
  const id = await busyCustomer(world);
  expect(await differences(world, id)).toEqual([]);
  expect(await differences(world)).toEqual([]);
});

const wrongs: { what: RegExp; sql: string }[] = [
  { what: /^held$/, sql: 'UPDATE customers SET held_micros = held_micros + 1 WHERE id = ?1' },
  { what: /^balance$/, sql: 'UPDATE customers SET balance_micros = balance_micros - 1 WHERE id = ?1' },
  {
    what: /^counter day \d+ requests$/,
    sql: "UPDATE counters SET requests = requests + 1 WHERE subject = ?1 AND grain = 'day'",
  },
  {
    what: /^counter total 0 micros$/,
    sql: "UPDATE counters SET micros = micros + 1 WHERE subject = ?1 AND grain = 'total'",
  },
  { what: /^counter day \d+ requests$/, sql: "DELETE FROM counters WHERE subject = ?1 AND grain = 'day'" },
  {
    what: /^end$/,
    sql: "UPDATE jobs SET charge_micros = charge_micros - 1 WHERE customer_id = ?1 AND state = 'succeeded'",
  },
  {
    what: /^hold$/,
    sql: "UPDATE jobs SET hold_micros = hold_micros + 1 WHERE customer_id = ?1 AND state = 'running'",
  },
  {
    what: /^stray$/,
    sql: `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
          VALUES ('of_nobody' || ?1, 'hold', 'hold', ?1, 5, 0)`,
  },
];

test.for(wrongs)('$what is found after $sql', async ({ what, sql }, { expect }) => {
  const world = createWorld();
  const id = await busyCustomer(world);
  await env.DB.prepare(sql).bind(id).run();
  const found = await differences(world, id);
  expect(found).toContainEqual(expect.objectContaining({ what: expect.stringMatching(what) }));
  expect(await differences(world)).toEqual(expect.arrayContaining(found));
});

test('a wrong figure of one customer is not reported for another', async ({ expect }) => {
  const world = createWorld();
  const wrong = await busyCustomer(world);
  const right = await busyCustomer(world);
  await env.DB.prepare('UPDATE customers SET held_micros = held_micros + 1 WHERE id = ?1').bind(wrong).run();
  expect(await differences(world, right)).toEqual([]);
});

test("the gateway's own counters are counted by the check of all, and of no customer", async ({ expect }) => {
  const world = createWorld();
  const id = await busyCustomer(world);
  await env.DB.prepare(
    "UPDATE counters SET requests = requests + 1 WHERE subject = 'gateway' AND grain = 'total'",
  ).run();
  expect(await differences(world, id)).toEqual([]);
  expect(await differences(world)).toContainEqual(
    expect.objectContaining({ what: 'counter total 0 requests', subject: 'gateway' }),
  );
});

test('an unknown customer has no books', async ({ expect }) => {
  const world = createWorld();
  await busyCustomer(world);
  const { results } = await env.DB.prepare('SELECT DISTINCT family FROM jobs').all<{ family: string }>();
  for (const name of ['gateway', 'cus_nobody', ...results.map(({ family }) => family)]) {
    expect(await differences(world, name)).toEqual([]);
  }
});

test('a counter of a customer without jobs is found', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  await env.DB.prepare(
    "INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros) VALUES (?1, 'total', 0, 0, 1, 0)",
  )
    .bind(id)
    .run();
  expect(await differences(world, id)).toEqual([
    { what: 'counter total 0 requests', subject: id, stored: 1, computed: 0 },
  ]);
});
