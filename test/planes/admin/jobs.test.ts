// /admin/jobs: every job with its owner, its upstream id and its money; found by each of its marks.

import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { expectRefusal } from '../../support/problem.ts';
import {
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  TEXT_TO_VIDEO,
  type Tenant,
  type World,
} from '../../support/world.ts';

const IMAGE = { prompt: 'x', image_urls: ['https://playgrounds-storage-public.runcomfy.net/a.png'] };

type Made = { world: World; ada: Tenant; eve: Tenant; jobs: { id: string; upstream: string }[] };

/** Four jobs an hour apart: Ada's ended well, Ada's failed, Ada's of another model running, Eve's running. */
async function someJobs(): Promise<Made> {
  const world = createWorld();
  const ada = await world.tenant({ markup: 2 });
  const eve = await world.tenant();
  const second = await world.key(ada);
  const jobs: { id: string; upstream: string }[] = [];
  const submit = async (token: string, input?: object, model?: string) => {
    world.clock.advance(3_600_000);
    const { body } = await world.submit(token, input, model);
    jobs.push({ id: body.request_id, upstream: world.runcomfy.accepted().jobs.at(-1)!.id });
  };
  await submit(ada.token);
  world.runcomfy.finish(jobs[0]!.upstream, { as: 'succeeded', output: { video: 'v' }, cost_usd: 0.1234567 });
  await world.result(ada.token, jobs[0]!.id);
  await world.idle();
  await submit(ada.token);
  world.runcomfy.finish(jobs[1]!.upstream, { as: 'failed', error: 'no idea' });
  await world.result(ada.token, jobs[1]!.id);
  await world.idle();
  world.runcomfy.settings({ hold: 'in_progress' });
  await submit(second.key, IMAGE, IMAGE_TO_VIDEO);
  await submit(eve.token);
  await world.idle();
  return { world, ada, eve, jobs };
}

async function find(world: World, query: string): Promise<string[]> {
  const { body } = await world.admin('GET', `/admin/jobs?${query}`);
  return body.items.map(({ id }: { id: string }) => id);
}

test('a job with its result and its costs', async ({ expect }) => {
  const { world, ada, jobs } = await someJobs();
  const { status, body } = await world.admin('GET', `/admin/jobs/${jobs[0]!.id}`);
  expect(status).toBe(200);
  const { result, adjusted_usd, adjustments, ledger, timeline, arithmetic, charge_reason, ...rest } = body;
  expect({ adjusted_usd, adjustments }).toEqual({ adjusted_usd: 0, adjustments: [] });
  expect({ charge_reason, steps: arithmetic.length, ledger, ended: timeline.at(-1) }).toMatchObject({
    charge_reason: expect.stringContaining('Charged $0.5'),
    steps: 4,
    ledger: [{ kind: 'hold' }, { kind: 'charge' }],
    ended: { what: 'settled' },
  });
  expect(rest).toEqual({
    id: jobs[0]!.id,
    customer: ada.id,
    key: ada.keyId,
    token: null,
    end_user: null,
    model_id: 'bytedance/dreamina-3-0/pro/text-to-video',
    account: 'acct_env',
    state: 'succeeded',
    reason: null,
    upstream_id: jobs[0]!.upstream,
    trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    price: { usd: 0.05, unit: 'second', quantity: 'frames', own: false },
    markup: 2,
    unit_usd: 0.1,
    charge: 'estimate',
    estimate_usd: 0.5,
    hold_usd: 0.5,
    charge_usd: 0.5,
    cost_usd: 0.123457,
    cost_flag: null,
    created_at: '2026-03-05T13:00:00.000Z',
    ended_at: '2026-03-05T13:00:00.000Z',
    settled_at: '2026-03-05T13:00:00.000Z',
  });
  expect(result).toMatchObject({ status: 'succeeded', output: { video: 'v' } });

  const failed = await world.admin('GET', `/admin/jobs/${jobs[1]!.id}`);
  expect(failed.body).toMatchObject({
    state: 'failed',
    hold_usd: 0.5,
    charge_usd: 0,
    cost_usd: null,
    result: { status: 'failed', error: 'no idea' },
  });
  const running = await world.admin('GET', `/admin/jobs/${jobs[3]!.id}`);
  expect(running.body).toMatchObject({
    state: 'running',
    unit_usd: 0.05,
    charge_usd: null,
    cost_usd: null,
    ended_at: null,
    result: null,
  });
  // A list is the same without results and adjustments.
  const { items } = (await world.admin('GET', `/admin/jobs?customer=${ada.id}`)).body;
  expect(items.at(-1)).toEqual(rest);
});

test('jobs are found by customer, key, model, state, upstream id and time', async ({ expect }) => {
  const { world, ada, eve, jobs } = await someJobs();
  const [first, second, third, fourth] = jobs.map(({ id }) => id);
  expect(await find(world, `customer=${ada.id}`)).toEqual([third, second, first]);
  expect(await find(world, `customer=${eve.id}`)).toEqual([fourth]);
  expect(await find(world, `key=${ada.keyId}`)).toEqual([second, first]);
  expect(await find(world, `customer=${ada.id}&model=${IMAGE_TO_VIDEO}`)).toEqual([third]);
  expect(await find(world, `customer=${ada.id}&state=running`)).toEqual([third]);
  expect(await find(world, `customer=${ada.id}&state=failed`)).toEqual([second]);
  expect(await find(world, `customer=${ada.id}&state=lost`)).toEqual([]);
  expect(await find(world, `upstream_id=${jobs[3]!.upstream}`)).toEqual([fourth]);
  expect(await find(world, `upstream_id=${jobs[3]!.upstream}&customer=${ada.id}`)).toEqual([]);
  expect(await find(world, 'customer=cus_nobody')).toEqual([]);
  // from is in, to is not; any offset is an instant.
  const ofAda = `customer=${ada.id}`;
  expect(await find(world, `${ofAda}&from=2026-03-05T14:00:00Z`)).toEqual([third, second]);
  expect(await find(world, `${ofAda}&to=2026-03-05T14:00:00Z`)).toEqual([first]);
  expect(await find(world, `${ofAda}&from=2026-03-05&to=2026-03-06`)).toEqual([third, second, first]);
  expect(await find(world, `${ofAda}&from=2026-03-05T16:00+01:00`)).toEqual([third]);
  expect(await find(world, `${ofAda}&from=2026-03-05T15:00:00%2B01:00&to=2026-03-05T14:00:00.001Z`)).toEqual([
    second,
  ]);
});

test('a list of jobs goes through all pages, newest first, each job once', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    world.clock.advance(index === 4 ? 1000 : 0);
    made.push((await world.submit(token)).body.request_id);
  }
  const seen: string[] = [];
  let query: string | null = '';
  while (query !== null && seen.length <= 7) {
    const { body } = await world.admin('GET', `/admin/jobs?customer=${id}&limit=3${query}`);
    seen.push(...body.items.map((job: { id: string }) => job.id));
    query = body.next_cursor === null ? null : `&cursor=${body.next_cursor}`;
  }
  expect(seen.toSorted()).toEqual(made.toSorted());
  expect(seen.slice(0, 3).toSorted()).toEqual(made.slice(4).toSorted());
});

test('a job of a browser token is found by the token and by its key', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { id, token } = await browserToken(world, tenant);
  const own = (await world.submit(tenant.token)).body.request_id;
  world.clock.advance(1);
  const started = (await world.submit(token)).body.request_id;
  await world.idle();
  expect(await find(world, `key=${tenant.keyId}`)).toEqual([started, own]);
  expect(await find(world, `key=${id}`)).toEqual([started]);
  expect((await world.admin('GET', `/admin/jobs/${started}`)).body).toMatchObject({
    key: tenant.keyId,
    token: id,
  });
});

const unknown = ['00000000-0000-4000-8000-000000000000', 'x', '%2e%2e%2f', "' OR 1=1 --"];

test.for(unknown)('there is no job %s', async (id, { expect }) => {
  expectRefusal(expect, await createWorld().admin('GET', `/admin/jobs/${id}`), {
    status: 404,
    code: 'not_found',
    errorCode: 404001,
    detail: /no such job/,
  });
});

const parameters = ['from=yesterday', 'to=2026-03-5', 'from=1772712000000', 'limit=0', 'cursor=x'];

test.for(parameters)('GET /admin/jobs?%s is refused', async (query, { expect }) => {
  expectRefusal(expect, await createWorld().admin('GET', `/admin/jobs?${query}`), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: new RegExp(`^${query.split('=')[0]}: `),
    also: ['errors'],
  });
});

test('the jobs of one Idempotency-Key are found: a key’s, and those of its browser tokens', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const { id, token } = await browserToken(world, tenant);
  const other = await world.tenant();
  const submit = async (caller: string, order: string) => {
    world.clock.advance(1);
    const headers = { 'Idempotency-Key': order };
    const options = { method: 'POST', token: caller, body: PROMPT, headers };
    return (await world.call(`/v1/models/${TEXT_TO_VIDEO}`, options)).body.request_id;
  };
  const own = await submit(tenant.token, 'order-7');
  const started = await submit(token, 'order-7');
  const foreign = await submit(other.token, 'order-7');
  await submit(tenant.token, 'order-8');
  await world.idle();
  expect(await find(world, 'idempotency_key=order-7')).toEqual([foreign, started, own]);
  expect(await find(world, `customer=${tenant.id}&idempotency_key=order-7`)).toEqual([started, own]);
  expect(await find(world, `key=${tenant.keyId}&idempotency_key=order-7`)).toEqual([started, own]);
  expect(await find(world, `key=${id}&idempotency_key=order-7`)).toEqual([started]);
  expect(await find(world, `customer=${other.id}&key=${id}&idempotency_key=order-7`)).toEqual([]);
  expect(await find(world, `customer=${tenant.id}&idempotency_key=order-9`)).toEqual([]);
});

test('a list says why jobs did not succeed', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const end = async (error: unknown) => {
    world.clock.advance(1000);
    const { body } = await world.submit(token);
    world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'failed', error });
    await world.result(token, body.request_id);
    await world.idle();
  };
  await end('the prompt is refused');
  await end({ code: 'NSFW', message: 'no' });
  await end('x'.repeat(5000));
  world.clock.advance(1000);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  await world.submit(token);
  world.clock.advance(1000);
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  await world.idle();
  const { body } = await world.admin('GET', `/admin/jobs?customer=${id}`);
  expect(body.items.map(({ state, reason }: any) => [state, reason])).toEqual([
    ['running', null],
    ['refused', 'RunComfy did not take the job.'],
    ['failed', `${'x'.repeat(300)}…`],
    ['failed', '{"code":"NSFW","message":"no"}'],
    ['failed', 'the prompt is refused'],
  ]);
});
