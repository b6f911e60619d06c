// Lists go by age from either end, and their cursors with them.

import { test } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

/** The ids of all pages, two rows a page. */
async function idsOf(world: World, path: string, query: Record<string, string>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const search = new URLSearchParams({ ...query, limit: '2', ...(cursor === null ? {} : { cursor }) });
    const { body } = await world.admin('GET', `${path}?${search.toString()}`);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next_cursor;
  } while (cursor !== null);
  return ids;
}

test.for([
  ['/admin/customers', 'oldest'],
  ['/admin/keys', 'oldest'],
  ['/admin/jobs', 'newest'],
] as const)('%s: %s first unless `order` says otherwise', async ([path, usual], { expect }) => {
  const world = createWorld();
  const made: string[] = [];
  // Two of an instant: the id decides between them, from either end.
  for (const pauseMs of [1, 0, 1, 1, 0]) {
    world.clock.advance(pauseMs);
    const { id, keyId, token } = await world.tenant();
    const { body } = await world.submit(token);
    await world.idle();
    made.push({ '/admin/customers': id, '/admin/keys': keyId, '/admin/jobs': body.request_id }[path]);
  }
  const orders = ['oldest', 'newest'] as const;
  const [oldest, newest] = await Promise.all(orders.map((order) => idsOf(world, path, { order })));
  expect(oldest?.toSorted()).toEqual(expect.arrayContaining(made.toSorted()));
  expect(newest).toEqual(oldest?.toReversed());
  expect(await idsOf(world, path, {})).toEqual(usual === 'oldest' ? oldest : newest);
});

test('/admin/customers by name, in any case, from either end', async ({ expect }) => {
  const world = createWorld();
  const made: string[] = [];
  for (const name of ['beta', 'Alpha', 'alpha', 'Über', 'Zeta', '\u{10fffe}z']) {
    made.push((await world.admin('POST', '/admin/customers', { name })).body.id);
  }
  const ours = async (order: string) =>
    (await idsOf(world, '/admin/customers', { order })).filter((id) => made.includes(id));
  const [beta, upper, lower, umlaut, zeta, last] = made;
  const alphas = [`${upper}`, `${lower}`].toSorted();
  const byName = await ours('name');
  expect(byName).toEqual([...alphas, beta, zeta, umlaut, last]);
  expect(await ours('name_desc')).toEqual(byName.toReversed());
});

test('an unknown order is refused', async ({ expect }) => {
  const { status, body } = await createWorld().admin('GET', '/admin/jobs?order=dearest');
  expect([status, body.errors[0].path]).toEqual([400, 'order']);
});
