// Parameters of a query: on our own routes a name that is not known, or that is sent twice, is a mistake; RunComfy's own
// routes read what they know, as RunComfy does.

import { test } from 'vitest';
import { dumpD1 } from '../support/dump.ts';
import { expectRefusal } from '../support/problem.ts';
import { pathOf, ROUTES } from '../support/routes.ts';
import { ADMIN_TOKEN, createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const OURS = ROUTES.filter(({ isStrict }) => isStrict);
const RUNCOMFYS = ROUTES.filter(({ isStrict, door }) => !isStrict && door === 'key');
const REFUSAL = { status: 400, code: 'invalid_parameter', errorCode: 400003, also: ['errors'] };

type Values = { token: string; values: Record<string, string> };

/** Every parameter of a path, with something behind it. */
async function someValues(world: World): Promise<Values> {
  const tenant = await world.tenant();
  const { body } = await world.submit(tenant.token);
  await world.idle();
  const job: string = body.request_id;
  const values = {
    customer: tenant.id,
    key: tenant.keyId,
    job,
    request_id: job,
    model_id: TEXT_TO_VIDEO,
  };
  return { token: tenant.token, values };
}

type Stage = Values & { world: World; before: Record<string, unknown[]> };

let stage: Promise<Stage> | undefined;

/** Refused calls change nothing, so they share a world, and what D1 holds stays the same. */
async function openStage(): Promise<Stage> {
  const world = createWorld();
  const some = await someValues(world);
  return { world, ...some, before: await dumpD1() };
}

test('most routes are ours, and RunComfy’s are eight', ({ expect }) => {
  expect(OURS.length).toBeGreaterThan(25);
  expect(RUNCOMFYS).toHaveLength(8);
});

test.for(OURS)('$id refuses a parameter that it does not know', async (route, { expect }) => {
  const { world, token, values, before } = await (stage ??= openStage());
  const reply = await world.call(`${pathOf(route, values)}?limt=5`, {
    method: route.method,
    token: route.door === 'admin' ? ADMIN_TOKEN : token,
    body: route.method === 'GET' ? undefined : {},
  });
  expectRefusal(expect, reply, { ...REFUSAL, detail: /^This route has no parameter "limt"\.$/ });
  expect(await dumpD1()).toEqual(before);
});

test.for(OURS)('$id refuses a parameter that is sent twice', async (route, { expect }) => {
  const { world, token, values, before } = await (stage ??= openStage());
  const reply = await world.call(`${pathOf(route, values)}?from=2026-03-01&from=2026-03-01`, {
    method: route.method,
    token: route.door === 'admin' ? ADMIN_TOKEN : token,
    body: route.method === 'GET' ? undefined : {},
  });
  expectRefusal(expect, reply, { ...REFUSAL, detail: /^from: is sent more than once$/ });
  expect(reply.body.errors).toEqual([{ path: 'from', rule: 'once', message: 'is sent more than once' }]);
  expect(await dumpD1()).toEqual(before);
});

test.for(RUNCOMFYS)('$id ignores a parameter that it does not know', async (route, { expect }) => {
  const world = createWorld();
  const { token, values } = await someValues(world);
  const { status } = await world.call(`${pathOf(route, values)}?limt=5&limt=6`, {
    method: route.method,
    token,
    body: route.id === 'submit' ? PROMPT : undefined,
  });
  expect(status).toBe(route.status);
});

test('of a parameter that is sent twice RunComfy’s routes read the first', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.call('/v1/models?limit=3&limit=0', { token });
  expect(body.limit).toBe(3);
});

test('a name of any length is shortened in the refusal', async ({ expect }) => {
  const { status, body } = await createWorld().admin('GET', `/admin/customers?${'x'.repeat(4000)}=1`);
  expect(status).toBe(400);
  expect(body.detail.length).toBeLessThan(100);
});
