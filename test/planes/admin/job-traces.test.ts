// The operator finds a job by what a customer can quote: the trace id of the submit, and the reason of the failure.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

async function find(world: World, query: string): Promise<any[]> {
  return (await world.admin('GET', `/admin/jobs?${query}`)).body.items;
}

test('a job is found by the X-Request-Id of its submit', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const eve = await world.tenant();
  const first = await world.submit(ada.token);
  await world.submit(ada.token);
  const traceId = first.headers.get('x-request-id')!;
  expect(await find(world, `trace_id=${traceId}`)).toMatchObject([
    { id: first.body.request_id, trace_id: traceId },
  ]);
  expect(await find(world, `trace_id=${traceId}&customer=${ada.id}`)).toHaveLength(1);
  expect(await find(world, `trace_id=${traceId}&customer=${eve.id}`)).toEqual([]);
  expect(await find(world, `trace_id=${crypto.randomUUID()}`)).toEqual([]);
  expect((await world.admin('GET', `/admin/jobs/${first.body.request_id}`)).body.trace_id).toBe(traceId);
});

test('a submit of unknown outcome is found by the trace id in its 502', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const { status, body } = await world.submit(token);
  await world.idle();
  expect(status).toBe(502);
  expect(await find(world, `trace_id=${body.trace_id}`)).toMatchObject([
    { id: body.request_id, state: 'unconfirmed' },
  ]);
});

test('a replay changes nothing: the job keeps the trace id of the call that submitted it', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const options = { method: 'POST', token, body: PROMPT, headers: { 'Idempotency-Key': 'order-1' } };
  const submit = () => world.call(`/v1/models/${TEXT_TO_VIDEO}`, options);
  const first = await submit();
  const replay = await submit();
  expect(replay.headers.get('idempotent-replayed')).toBe('true');
  const { body } = await world.admin('GET', `/admin/jobs/${first.body.request_id}`);
  expect(body.trace_id).toBe(first.headers.get('x-request-id'));
});

test('a job from before trace ids were kept has none', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await env.DB.prepare('UPDATE jobs SET trace_id = NULL WHERE id = ?1').bind(body.request_id).run();
  expect((await world.admin('GET', `/admin/jobs/${body.request_id}`)).body.trace_id).toBeNull();
});

test('the list says why each job did not succeed', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const end = async (as: 'succeeded' | 'failed' | 'cancelled', error?: unknown) => {
    world.clock.advance(1000);
    const { body } = await world.submit(token);
    const upstreamId = world.runcomfy.accepted().jobs.at(-1)!.id;
    world.runcomfy.finish(upstreamId, error === undefined ? { as } : { as, error });
    await world.result(token, body.request_id);
    await world.idle();
  };
  await end('succeeded');
  await end('failed', 'the prompt is not allowed');
  await end('failed', { code: 'nsfw', message: 'not allowed' });
  await end('cancelled');
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  world.clock.advance(1000);
  await world.submit(token);
  const reasons = (await find(world, `customer=${id}`)).map(({ state, reason }) => [state, reason]);
  expect(reasons).toEqual([
    ['refused', 'RunComfy did not take the job.'],
    ['cancelled', null],
    ['failed', '{"code":"nsfw","message":"not allowed"}'],
    ['failed', 'the prompt is not allowed'],
    ['succeeded', null],
  ]);
});
