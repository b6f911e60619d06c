// A filter that no index knows reads a bounded number of rows a call, and its cursor leads on to what lies beyond.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { countsOf, recordedIsolate, type Recorded } from '../../support/recorder.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Two pages and a bit of what a call reads at most. */
const MANY = 12_000;
const MAX_ROWS = 11_000;

async function readOn(world: World, gate: Recorded, path: string) {
  const found: string[] = [];
  let calls = 0;
  let cursor: string | null = null;
  do {
    gate.calls.length = 0;
    const reply = await gate.admin('GET', `${path}${cursor === null ? '' : `&cursor=${cursor}`}`);
    await world.idle();
    found.push(...reply.body.items.map(({ id }: { id: string }) => id));
    cursor = reply.body.next_cursor;
    calls += 1;
    const { rowsRead } = countsOf(gate.calls);
    if (reply.status !== 200 || rowsRead > MAX_ROWS || calls > 5) {
      throw new Error(`${path}: ${reply.status}, ${rowsRead} rows read by call ${calls}`);
    }
  } while (cursor !== null);
  return { found, calls };
}

/** Of as many rows the first, one in the middle and the last are looked for; many share an instant. */
const PLACES = [1, MANY / 2, MANY];
const LOOKED_FOR = `i IN (${PLACES.join(', ')})`;
const NUMBERS = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})`;

test('jobs of a state, of all and of one customer, from either end', async ({ expect }) => {
  const world = createWorld();
  const gate = recordedIsolate(world);
  const ada = await world.tenant();
  await env.DB.prepare(
    `${NUMBERS} INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, unit_micros, hold_micros,
       charge_micros, created_at_ms, ended_at_ms, settled_at_ms)
     SELECT printf('%08d', i) || '-0000-4000-8000-000000000000', ?1, ?2, ?2, 'made/model', 'acct_env',
       CASE WHEN ${LOOKED_FOR} THEN 'lost' ELSE 'succeeded' END, 0, 0, 0, i / 3, 1, 1 FROM n`,
  )
    .bind(ada.id, ada.keyId)
    .run();
  const up = PLACES.map((number) => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`);
  for (const whose of ['', `&customer=${ada.id}`]) {
    const path = `/admin/jobs?state=lost${whose}`;
    expect(await readOn(world, gate, `${path}&order=oldest`)).toEqual({ found: up, calls: 3 });
    expect(await readOn(world, gate, path)).toEqual({ found: up.toReversed(), calls: 3 });
  }
  // Behind a cursor no row before it is read again.
  const first = await gate.admin('GET', `/admin/jobs?limit=200&customer=${ada.id}`);
  gate.calls.length = 0;
  await gate.admin('GET', `/admin/jobs?limit=2&customer=${ada.id}&cursor=${first.body.next_cursor}`);
  expect(countsOf(gate.calls).rowsRead).toBeLessThan(12);
});

test('customers by a search, in each order', async ({ expect }) => {
  const world = createWorld();
  const gate = recordedIsolate(world);
  await env.DB.prepare(
    `${NUMBERS} INSERT INTO customers (id, name, created_at_ms)
     SELECT 'cus_' || printf('%06d', i), printf('%06d', i / 3) || CASE WHEN ${LOOKED_FOR} THEN ' needle' ELSE '' END, i / 3
     FROM n`,
  ).run();
  const up = PLACES.map((number) => `cus_${String(number).padStart(6, '0')}`);
  for (const [order, found] of [
    ['oldest', up],
    ['newest', up.toReversed()],
    ['name', up],
    ['name_desc', up.toReversed()],
  ] as const) {
    const read = await readOn(world, gate, `/admin/customers?search=needle&order=${order}`);
    expect({ order, ...read }).toEqual({ order, found, calls: 3 });
  }
});

test('keys of a status, from either end', async ({ expect }) => {
  const world = createWorld();
  const gate = recordedIsolate(world);
  const ada = await world.tenant();
  await env.DB.prepare(
    `${NUMBERS} INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, created_at_ms, revoked_at_ms)
     SELECT 'key_' || printf('%06d', i), ?1, 'secret', 'key_' || i, 'hash_' || i, 'cg_', 'server', i / 3,
       CASE WHEN ${LOOKED_FOR} THEN 1 END FROM n`,
  )
    .bind(ada.id)
    .run();
  const up = PLACES.map((number) => `key_${String(number).padStart(6, '0')}`);
  for (const whose of ['', `&customer=${ada.id}`]) {
    const path = `/admin/keys?status=revoked${whose}`;
    expect(await readOn(world, gate, path)).toEqual({ found: up, calls: 3 });
    expect(await readOn(world, gate, `${path}&order=newest`)).toEqual({ found: up.toReversed(), calls: 3 });
  }
});
