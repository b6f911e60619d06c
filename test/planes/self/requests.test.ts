// GET /v1/requests: a customer's own jobs, in the words of the wire, with what each costs and why.

import { env } from 'cloudflare:workers';
import { test, type ExpectStatic } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { COST_MODEL, openShop } from '../../support/shop.ts';
import {
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  TEXT_TO_VIDEO,
  type Tenant,
  type World,
} from '../../support/world.ts';

const MISSING = '00000000-0000-4000-8000-000000000000';
const IMAGE = { prompt: 'x', image_urls: ['https://playgrounds-storage-public.runcomfy.net/a.png'] };

const upstreamId = (world: World) => world.runcomfy.accepted().jobs.at(-1)!.id;
const list = async (world: World, token: string, query = '') =>
  (await world.call(`/v1/requests${query}`, { token })).body;
const read = async (world: World, token: string, id: string) =>
  (await world.call(`/v1/requests/${id}`, { token })).body;

async function submitted(world: World, token: string, model?: string): Promise<string> {
  world.clock.advance(1000);
  const { body } = await world.submit(token, model === IMAGE_TO_VIDEO ? IMAGE : PROMPT, model);
  await world.idle();
  return body.request_id;
}

async function ended(world: World, token: string, as: 'succeeded' | 'failed' | 'cancelled'): Promise<string> {
  const id = await submitted(world, token);
  world.runcomfy.finish(upstreamId(world), { as, cost_usd: 0.0987 });
  await world.result(token, id);
  await world.idle();
  return id;
}

async function expectBoth(
  expect: ExpectStatic,
  { world, token, id }: { world: World; token: string; id: string },
  wanted: object,
): Promise<void> {
  expect(await read(world, token, id)).toMatchObject(wanted);
  expect((await list(world, token)).items.find((item: any) => item.request_id === id)).toMatchObject(wanted);
}

test('a running job holds its price until it ends', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.settings({ hold: 'in_queue' });
  const id = await submitted(world, token);
  const wanted = {
    request_id: id,
    state: 'in_progress',
    model_id: TEXT_TO_VIDEO,
    end_user: null,
    created_at: '2026-03-05T12:00:01.000Z',
    ended_at: null,
    hold_usd: 0.25,
    charge_usd: null,
    adjusted_usd: 0,
    explanation: 'Held 0.25 USD until the job ends.',
  };
  expect(await read(world, token, id)).toEqual(wanted);
  expect(await list(world, token)).toEqual({ items: [wanted], next_cursor: null });
});

test.for([
  ['succeeded', 0.25, 'Charged 0.25 USD: the job succeeded.'],
  ['failed', 0, 'Nothing was charged: the job failed.'],
  ['cancelled', 0, 'Nothing was charged: the job was cancelled.'],
] as const)('a job that %s', async ([state, charge_usd, explanation], { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const id = await ended(world, token, state);
  const wanted = { state, ended_at: '2026-03-05T12:00:01.000Z', hold_usd: 0, charge_usd, explanation };
  await expectBoth(expect, { world, token, id }, wanted);
});

test('a free job', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ markup: 0 });
  const id = await ended(world, token, 'succeeded');
  const explanation = 'Nothing was charged: the job succeeded and is free.';
  await expectBoth(expect, { world, token, id }, { charge_usd: 0, explanation });
});

test('a success that is charged by a cost of 0', async ({ expect }) => {
  const { world, customers } = await openShop();
  const [{ token }] = customers;
  const id = await submitted(world, token, COST_MODEL);
  world.runcomfy.finish(upstreamId(world), { as: 'succeeded', cost_usd: 0 });
  await world.result(token, id);
  await world.idle();
  const explanation = 'Nothing was charged: the job succeeded and cost nothing.';
  await expectBoth(expect, { world, token, id }, { hold_usd: 0, charge_usd: 0, explanation });
});

test('a success that is charged by its cost keeps its hold until that is known', async ({ expect }) => {
  const { world, customers } = await openShop();
  const [{ token }] = customers;
  const id = await submitted(world, token, COST_MODEL);
  world.runcomfy.finish(upstreamId(world), { as: 'succeeded', cost_usd: null });
  await world.result(token, id);
  await world.idle();
  await expectBoth(
    expect,
    { world, token, id },
    {
      state: 'succeeded',
      hold_usd: 0.03,
      charge_usd: null,
      explanation: 'Held 0.03 USD until the charge of this success is known.',
    },
  );
});

test('a job of unknown outcome waits in the queue with its hold; one that is given up costs nothing', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const id = await submitted(world, token);
  await expectBoth(
    expect,
    { world, token, id },
    {
      state: 'in_queue',
      hold_usd: 0.25,
      explanation: 'Held 0.25 USD until it is known whether RunComfy took the job.',
    },
  );
  await world.admin('POST', `/admin/jobs/${id}/resolve`, { outcome: 'lost' });
  const explanation = 'Nothing was charged: RunComfy lost track of the job.';
  await expectBoth(expect, { world, token, id }, { state: 'failed', charge_usd: 0, explanation });
});

test('a job that RunComfy refused', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  await submitted(world, token);
  const { items } = await list(world, token);
  expect(items).toMatchObject([
    { state: 'failed', charge_usd: 0, explanation: 'Nothing was charged: RunComfy refused the job.' },
  ]);
});

test('a job in the middle of its submit is in the queue', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.settings({ hold: 'in_queue' });
  const id = await submitted(world, token);
  await env.DB.prepare("UPDATE jobs SET state = 'reserved', upstream_id = NULL WHERE id = ?1").bind(id).run();
  const explanation = 'Held 0.25 USD until the job ends.';
  await expectBoth(expect, { world, token, id }, { state: 'in_queue', explanation });
});

test('later adjustments by the operator are shown', async ({ expect }) => {
  const world = createWorld();
  const { id: customer, token } = await world.tenant();
  const id = await ended(world, token, 'succeeded');
  const credit = (amount_usd: number) =>
    world.admin('POST', `/admin/customers/${customer}/credits`, { amount_usd, note: 'x', job: id });
  await credit(0.1);
  const refunded = 'Charged 0.25 USD: the job succeeded. 0.1 USD was refunded later.';
  await expectBoth(expect, { world, token, id }, { adjusted_usd: 0.1, explanation: refunded });

  const failed = await ended(world, token, 'failed');
  await world.admin('POST', `/admin/customers/${customer}/credits`, {
    amount_usd: -0.2,
    note: 'it ran after all',
    job: failed,
  });
  const taken = 'Nothing was charged: the job failed. 0.2 USD was charged in addition later.';
  await expectBoth(expect, { world, token, id: failed }, { adjusted_usd: -0.2, explanation: taken });
});

test('G10: no cost of the operator, no upstream id, no account, no other owner', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const id = await ended(world, token, 'succeeded');
  const upstream = upstreamId(world);
  for (const body of [await read(world, token, id), await list(world, token)]) {
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`0\\.0987|${upstream}|acct_|cus_|key_`));
  }
});

type Cast = { world: World; ada: Tenant; made: string[] };

/** Four jobs a minute apart: succeeded, failed, cancelled, and one of another model that runs. */
async function someJobs(): Promise<Cast> {
  const world = createWorld();
  const ada = await world.tenant();
  const made: string[] = [];
  for (const as of ['succeeded', 'failed', 'cancelled'] as const) {
    world.clock.advance(59_000);
    made.push(await ended(world, ada.token, as));
  }
  world.clock.advance(59_000);
  world.runcomfy.settings({ hold: 'in_progress' });
  made.push(await submitted(world, ada.token, IMAGE_TO_VIDEO));
  return { world, ada, made };
}

test('the list is narrowed by state, model and time', async ({ expect }) => {
  const { world, ada, made } = await someJobs();
  const [first, second, third, fourth] = made;
  const ids = async (query: string) =>
    (await list(world, ada.token, query)).items.map((item: any) => item.request_id);
  expect(await ids('')).toEqual([fourth, third, second, first]);
  expect(await ids('?state=succeeded')).toEqual([first]);
  expect(await ids('?state=failed')).toEqual([second]);
  expect(await ids('?state=cancelled')).toEqual([third]);
  expect(await ids('?state=in_progress')).toEqual([fourth]);
  expect(await ids('?state=in_queue')).toEqual([]);
  expect(await ids(`?model=${TEXT_TO_VIDEO}`)).toEqual([third, second, first]);
  expect(await ids(`?model=${TEXT_TO_VIDEO}&state=failed`)).toEqual([second]);
  // from is in, to is not.
  expect(await ids('?from=2026-03-05T12:02:00Z')).toEqual([fourth, third, second]);
  expect(await ids('?to=2026-03-05T12:02:00Z')).toEqual([first]);
  expect(await ids('?from=2026-03-06')).toEqual([]);
});

test('the list goes through all pages, newest first, each job once', async ({ expect }) => {
  const { world, ada, made } = await someJobs();
  const seen: string[] = [];
  let query: string | null = '?limit=3';
  while (query !== null && seen.length < 10) {
    const { items, next_cursor } = await list(world, ada.token, query);
    seen.push(...items.map((item: any) => item.request_id));
    query = next_cursor === null ? null : `?limit=3&cursor=${next_cursor}`;
  }
  expect(seen).toEqual(made.toReversed());
});

test.for([
  ['state=running', 'state'],
  ['state=completed', 'state'],
  ['from=yesterday', 'from'],
  ['limit=0', 'limit'],
  ['cursor=x', 'cursor'],
  ['customer=cus_x', 'customer'],
])('?%s is refused by name', async ([query, name], { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { status, body } = await world.call(`/v1/requests?${query}`, { token });
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_parameter' });
  expect(body.detail).toContain(name);
});

test('G1: everybody reads their own jobs, a browser token those that it started', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const eve = await world.tenant();
  const page = await browserToken(world, ada);
  const sibling = await browserToken(world, ada);
  const other = await world.key(ada);
  const ofKey = await submitted(world, ada.token);
  const ofPage = await submitted(world, page.token);
  const ids = async (token: string) => (await list(world, token)).items.map((item: any) => item.request_id);
  expect(await ids(ada.token)).toEqual([ofPage, ofKey]);
  expect(await ids(other.key)).toEqual([ofPage, ofKey]);
  expect(await ids(page.token)).toEqual([ofPage]);
  expect(await ids(sibling.token)).toEqual([]);
  expect(await ids(eve.token)).toEqual([]);

  expect((await read(world, page.token, ofPage)).request_id).toBe(ofPage);
  const refusals = await Promise.all(
    [
      [eve.token, ofKey],
      [page.token, ofKey],
      [sibling.token, ofPage],
      [ada.token, MISSING],
      [ada.token, ofKey.toUpperCase()],
      [ada.token, 'x'],
      [ada.token, 'status'],
    ].map(([token, id]) => world.call(`/v1/requests/${id}`, { token: token! })),
  );
  for (const { status, body } of refusals) {
    expect({ status, body: { ...body, trace_id: '' } }).toEqual({
      status: 404,
      body: { ...refusals[0]!.body, trace_id: '' },
    });
  }
  expect(refusals[0]!.body.code).toBe('job_not_found');
});

test.for(['status', 'result', 'cancel'])(
  'an empty id, . and .. are no route before /%s',
  async (verb, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    for (const path of [`/v1/requests//${verb}`, `/v1/requests/./${verb}`, `/v1/requests/../${verb}`]) {
      const method = verb === 'cancel' ? 'POST' : 'GET';
      expect(await world.call(path, { method, token })).toMatchObject({
        status: 404,
        body: { code: 'job_not_found' },
      });
    }
  },
);
