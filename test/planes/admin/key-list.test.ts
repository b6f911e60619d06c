// GET /admin/keys: finds a key of any customer by its id, by the visible part of its text, by its customer and by its status.

import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { expectRefusal } from '../../support/problem.ts';
import { createWorld, type Reply, type Tenant, type World } from '../../support/world.ts';

type Made = {
  world: World;
  ada: Tenant;
  eve: Tenant;
  ids: { revoked: string; expired: string; later: string; browser: string };
};

/** Ada's live, revoked, expired and expiring keys and her browser token; Eve's one key. */
async function someKeys(): Promise<Made> {
  const world = createWorld();
  const ada = await world.tenant();
  const in10s = { expires_at: new Date(world.clock.now() + 10_000).toISOString() };
  const revoked = (await world.key(ada, in10s)).id;
  const expired = (await world.key(ada, in10s)).id;
  const later = (await world.key(ada, { expires_at: '2026-04-01' })).id;
  const browser = (await browserToken(world, ada)).id;
  await world.admin('DELETE', `/admin/keys/${revoked}`);
  world.clock.advance(10_000);
  const eve = await world.tenant();
  return { world, ada, eve, ids: { revoked, expired, later, browser } };
}

const idsOf = ({ body }: Reply): string[] => body.items.map(({ id }: { id: string }) => id);

async function find(world: World, query: string): Promise<string[]> {
  return idsOf(await world.admin('GET', `/admin/keys?${query}`)).toSorted();
}

const sorted = (...some: string[]) => some.toSorted();

test('keys are found by id, customer and status, and by all of them together', async ({ expect }) => {
  const { world, ada, eve, ids } = await someKeys();
  const { revoked, expired, later, browser } = ids;
  const ofAda = `customer=${ada.id}`;
  expect(await find(world, `id=${later}`)).toEqual([later]);
  expect(await find(world, ofAda)).toEqual(sorted(ada.keyId, revoked, expired, later));
  expect(await find(world, `id=${browser}`)).toEqual([browser]);
  expect(await find(world, `parent=${ada.keyId}`)).toEqual([browser]);
  expect(await find(world, `parent=${ada.keyId}&customer=${eve.id}`)).toEqual([]);
  expect(await find(world, `parent=${eve.keyId}`)).toEqual([]);
  expect(await find(world, `customer=${eve.id}`)).toEqual([eve.keyId]);
  expect(await find(world, `${ofAda}&status=active`)).toEqual(sorted(ada.keyId, later));
  expect(await find(world, `${ofAda}&status=revoked`)).toEqual([revoked]);
  expect(await find(world, `${ofAda}&status=expired`)).toEqual([expired]);
  expect(await find(world, `id=${later}&customer=${eve.id}`)).toEqual([]);
  expect(await find(world, `id=${later}&status=revoked`)).toEqual([]);
  expect(await find(world, 'id=key_nobody')).toEqual([]);
  expect(await find(world, 'customer=cus_nobody')).toEqual([]);
  expect(await find(world, 'status=revoked')).toContain(revoked);
});

test('a key is found by its hint, with and without the ellipsis, and by its whole text', async ({
  expect,
}) => {
  const { world, ada, eve } = await someKeys();
  const { token } = await browserToken(world, ada);
  const hint = ada.token.slice(0, 8);
  for (const asked of [hint, `${hint}…`, ada.token]) {
    expect(await find(world, `hint=${encodeURIComponent(asked)}`)).toEqual([ada.keyId]);
  }
  expect(await find(world, `hint=${token.slice(0, 8)}`)).toHaveLength(1);
  expect(await find(world, `hint=${hint}&customer=${ada.id}&status=active`)).toEqual([ada.keyId]);
  expect(await find(world, `hint=${hint}&customer=${eve.id}`)).toEqual([]);
  // Neither a shorter text nor a pattern of SQL leads anywhere.
  for (const asked of ['cg_', 'cg_%25', '_', hint.toUpperCase()]) {
    expect(await find(world, `hint=${asked}`)).toEqual([]);
  }
});

test('an entry shows what the list of its customer shows, and no key', async ({ expect }) => {
  const { world, ada } = await someKeys();
  const list = await world.admin('GET', `/admin/keys?customer=${ada.id}`);
  const ofCustomer = await world.admin('GET', `/admin/customers/${ada.id}/keys`);
  expect(list.body).toEqual(ofCustomer.body);
  expect(JSON.stringify(list.body)).not.toContain(ada.token);
});

const filters = ['', '&status=active', '&customer=ADA'];

test.for(filters)('a list of keys goes through all pages, oldest first (%s)', async (filter, { expect }) => {
  const world = createWorld(Date.parse('2030-01-01T00:00:00.000Z'));
  const customer = await world.customer();
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    // Three of one instant, so that a page ends among equals.
    world.clock.advance(index % 3 === 0 ? 1000 : 0);
    made.push((await world.key(customer)).id);
  }
  const seen: string[] = [];
  let query: string | null = '';
  let late = '';
  while (query !== null && seen.length < 1000) {
    const asked: string = `limit=2${filter.replace('ADA', customer.id)}${query}`;
    const page = await world.admin('GET', `/admin/keys?${asked}`);
    expect(page.status).toBe(200);
    expect(page.body.items.length).toBeLessThanOrEqual(2);
    seen.push(...idsOf(page));
    query = page.body.next_cursor === null ? null : `&cursor=${page.body.next_cursor}`;
    // One that is made meanwhile comes last, and moves no other.
    if (late === '') {
      world.clock.advance(1000);
      late = (await world.key(customer)).id;
    }
  }
  expect(new Set(seen).size).toBe(seen.length);
  const own = seen.filter((id) => made.includes(id));
  expect(own.toSorted()).toEqual(made.toSorted());
  expect(seen.indexOf(late)).toBeGreaterThan(Math.max(...made.map((id) => seen.indexOf(id))));
});

const wrong = ['status=dead', 'status=', 'limit=0', 'cursor=x', `id=${'x'.repeat(201)}`];

test.for(wrong)('GET /admin/keys?%s is refused', async (query, { expect }) => {
  expectRefusal(expect, await createWorld().admin('GET', `/admin/keys?${query}`), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: new RegExp(`^${query.split('=')[0]}: `),
    also: ['errors'],
  });
});
