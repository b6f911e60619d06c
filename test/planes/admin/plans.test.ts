// /admin/plans, the defaults of new customers, and one change for many customers.

import { test } from 'vitest';
import { auditOf, countAudit } from '../../support/audit.ts';
import { expectRefusal } from '../../support/problem.ts';
import { createWorld, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const NOT_FOUND = { status: 404, code: 'not_found', errorCode: 404001, detail: /no such plan/ };
const INVALID = { status: 422, code: 'invalid_input', errorCode: 422001, also: ['errors'] };
const CONFLICT = { status: 409, code: 'conflict', errorCode: 409001 };

let plans = 0;

async function plan(world: World, fields: object = {}): Promise<{ id: string; name: string }> {
  plans += 1;
  const { status, body } = await world.admin('POST', '/admin/plans', { name: `Plan ${plans}`, ...fields });
  if (status !== 201) {
    throw new Error(JSON.stringify(body));
  }
  return body;
}

const read = async (world: World, id: string) => (await world.admin('GET', `/admin/customers/${id}`)).body;
const defaultsAre = (world: World, defaults: object) => world.admin('PATCH', '/admin/settings', { defaults });
const noDefaults = (world: World) =>
  defaultsAre(world, { limits: null, markup: null, prepaid: false, plan: null });

test('a plan is made, listed with its customers, changed by RFC 7396 and deleted', async ({ expect }) => {
  const world = createWorld();
  const fields = {
    name: 'Pro',
    limits: { requests_per_day: 100, spend_per_month_usd: 50 },
    markup: 1.25,
    models: ['bytedance/*'],
  };
  const made = await world.admin('POST', '/admin/plans', fields);
  expect(made).toMatchObject({ status: 201, body: { ...fields, customers: 0 } });
  const path = `/admin/plans/${made.body.id}`;
  const { id } = await world.customer({ plan: made.body.id });
  const { items } = (await world.admin('GET', '/admin/plans')).body;
  expect(items).toContainEqual({ ...made.body, customers: 1 });
  const patch = { limits: { requests_per_day: null, max_concurrent: 2 }, markup: null, models: null };
  expect((await world.admin('PATCH', path, patch)).body).toEqual({
    ...made.body,
    customers: 1,
    markup: null,
    models: null,
    limits: { spend_per_month_usd: 50, max_concurrent: 2 },
  });
  expectRefusal(expect, await world.admin('DELETE', path), {
    ...CONFLICT,
    detail: /Customers are on this plan/,
  });
  await world.admin('PATCH', `/admin/customers/${id}`, { plan: null });
  expect((await world.admin('DELETE', path)).status).toBe(204);
  expectRefusal(expect, await world.admin('DELETE', path), NOT_FOUND);
  expect((await auditOf(made.body.id)).map(({ action, change }) => [action, change])).toEqual([
    ['plan.create', fields],
    ['plan.change', patch],
    ['plan.delete', {}],
  ]);
});

test('a plan has a name of its own, and what is no plan is refused', async ({ expect }) => {
  const world = createWorld();
  const one = await plan(world);
  const two = await plan(world);
  const rows = await countAudit();
  const taken = { ...CONFLICT, detail: /has this name/ };
  expectRefusal(expect, await world.admin('POST', '/admin/plans', { name: one.name }), taken);
  expectRefusal(expect, await world.admin('PATCH', `/admin/plans/${two.id}`, { name: one.name }), taken);
  expectRefusal(expect, await world.admin('PATCH', '/admin/plans/plan_1', { name: 'x' }), NOT_FOUND);
  const nowhere = { ...INVALID, detail: /^plan: There is no such plan/ };
  const { id } = await world.customer();
  expectRefusal(
    expect,
    await world.admin('POST', '/admin/customers', { name: 'x', plan: 'plan_1' }),
    nowhere,
  );
  expectRefusal(expect, await world.admin('PATCH', `/admin/customers/${id}`, { plan: 'plan_1' }), nowhere);
  expectRefusal(expect, await defaultsAre(world, { plan: 'plan_1' }), nowhere);
  expect(await countAudit()).toBe(rows + 1);
});

test('a customer’s own values take precedence, and null restores those of the plan', async ({ expect }) => {
  const world = createWorld();
  const { id: planId, name } = await plan(world, {
    limits: { requests_per_day: 100, max_concurrent: 5 },
    markup: 1.5,
    models: [TEXT_TO_VIDEO],
  });
  const { id } = await world.customer({ plan: planId, limits: { requests_per_day: 7 } });
  expect(await read(world, id)).toMatchObject({
    plan: { id: planId, name },
    markup: 1.5,
    models: [TEXT_TO_VIDEO],
    limits: { requests_per_day: 7, max_concurrent: 5 },
    own: { markup: null, limits: { requests_per_day: 7 } },
  });
  const path = `/admin/customers/${id}`;
  expect((await world.admin('PATCH', path, { markup: 1 })).body).toMatchObject({
    markup: 1,
    own: { markup: 1 },
  });
  const given = await world.admin('PATCH', path, { markup: null, limits: null });
  expect(given.body).toMatchObject({
    markup: 1.5,
    limits: { requests_per_day: 100, max_concurrent: 5 },
    own: { markup: null, limits: {} },
  });
  const left = await world.admin('PATCH', path, { plan: null });
  expect(left.body).toMatchObject({ markup: 1, limits: {}, models: null, plan: null });
});

test('customers are listed by their plan', async ({ expect }) => {
  const world = createWorld();
  const { id: planId } = await plan(world);
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    world.clock.advance(1);
    ids.push((await world.customer({ plan: planId })).id);
    await world.customer();
  }
  const { body } = await world.admin('GET', `/admin/customers?plan=${planId}&limit=2`);
  const rest = await world.admin('GET', `/admin/customers?plan=${planId}&limit=2&cursor=${body.next_cursor}`);
  expect([...body.items, ...rest.body.items].map(({ id }: { id: string }) => id)).toEqual(ids);
});

test('a new customer gets the defaults where neither the call nor the plan says it', async ({ expect }) => {
  const world = createWorld();
  const { id: planId } = await plan(world, { limits: { spend_total_usd: 1_000 }, markup: 1.5 });
  const defaults = { limits: { spend_total_usd: 10, max_concurrent: 2 }, markup: 1.25, prepaid: true };
  expect((await defaultsAre(world, defaults)).body.defaults).toEqual({ ...defaults, plan: null });

  const bare = await world.customer();
  expect(bare).toMatchObject({ ...defaults, own: { markup: 1.25, limits: defaults.limits } });
  const said = { limits: { spend_total_usd: null, requests_per_day: 1 }, markup: null, prepaid: false };
  expect(await world.customer(said)).toMatchObject({
    limits: { max_concurrent: 2, requests_per_day: 1 },
    markup: 1,
    prepaid: false,
  });
  expect((await world.customer({ limits: null })) as object).toMatchObject({ limits: {} });
  expect(await world.customer({ plan: planId })).toMatchObject({
    markup: 1.5,
    limits: { spend_total_usd: 1_000, max_concurrent: 2 },
    own: { markup: null, limits: { max_concurrent: 2 } },
  });

  await defaultsAre(world, { plan: planId });
  expect(await world.customer()).toMatchObject({ plan: { id: planId }, markup: 1.5 });
  expect(await world.customer({ plan: null })).toMatchObject({ plan: null, markup: 1.25 });
  expectRefusal(expect, await world.admin('DELETE', `/admin/plans/${planId}`), {
    ...CONFLICT,
    detail: /default for new ones/,
  });
  const { id: empty } = await plan(world);
  await defaultsAre(world, { plan: empty });
  expectRefusal(expect, await world.admin('DELETE', `/admin/plans/${empty}`), {
    ...CONFLICT,
    detail: /default for new ones/,
  });
  await noDefaults(world);
  // Defaults are for new customers: those that are there keep what they got.
  expect(await read(world, bare.id)).toMatchObject(defaults);
  expect(await world.customer()).toMatchObject({ limits: {}, markup: 1, prepaid: false, plan: null });
});

test('one change for 500 customers, and an audit entry for each', async ({ expect }) => {
  const world = createWorld();
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    ids.push((await world.customer({ limits: { max_concurrent: index } })).id);
  }
  const patch = { limits: { requests_per_day: 9 }, markup: 2, status: 'suspended' };
  const { status, body } = await world.admin('PATCH', '/admin/customers', { ids, patch });
  expect(status).toBe(200);
  expect(body.items.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
  for (const [index, id] of ids.entries()) {
    expect(await read(world, id)).toMatchObject({
      markup: 2,
      status: 'suspended',
      limits: { requests_per_day: 9, max_concurrent: index },
    });
    const trail = await auditOf(id);
    expect(trail.map(({ action }) => action)).toEqual(['customer.create', 'customer.change']);
    expect(trail[1]).toMatchObject({ actor: 'ops', change: patch });
  }
  const many = Array.from({ length: 500 }, (_, index) => `cus_${index}`);
  const missing = await world.admin('PATCH', '/admin/customers', { ids: many, patch });
  expect(missing).toMatchObject({ status: 404, body: { errors: { length: 500 } } });
  expectRefusal(expect, await world.admin('PATCH', '/admin/customers', { ids: [...many, 'cus_x'], patch }), {
    ...INVALID,
    detail: /^ids: .*500/,
  });
});

test('one unknown customer or plan refuses the change for all', async ({ expect }) => {
  const world = createWorld();
  const ids = [(await world.customer()).id, (await world.customer()).id];
  const rows = await countAudit();
  const send = (body: object) => world.admin('PATCH', '/admin/customers', body);
  const stranger = await send({ ids: [...ids, 'cus_nobody'], patch: { markup: 3 } });
  expectRefusal(expect, stranger, {
    status: 404,
    code: 'not_found',
    errorCode: 404001,
    detail: /There is no customer cus_nobody\. Nobody was changed/,
    also: ['errors'],
  });
  expectRefusal(expect, await send({ ids, patch: { markup: 3, plan: 'plan_1' } }), {
    ...INVALID,
    detail: /^plan: /,
  });
  expectRefusal(expect, await send({ ids, patch: { markup: 3, account: 'acct_1' } }), {
    ...INVALID,
    detail: /^account: /,
  });
  for (const body of [
    { ids: [], patch: {} },
    { ids: [ids[0], ids[0]], patch: {} },
    { ids, patch: { name: 'Eve' } },
    { ids, patch: { external_id: 'x' } },
    { ids },
  ]) {
    expectRefusal(expect, await send(body), { ...INVALID, detail: /\w/ });
  }
  expect((await Promise.all(ids.map((id) => read(world, id)))).map(({ markup }) => markup)).toEqual([1, 1]);
  expect(await countAudit()).toBe(rows);
});
