// The ended job's result is kept, and answered when RunComfy has forgotten the job.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { failingDb } from '../support/stores.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, TEXT_TO_VIDEO, type Isolate, type World } from '../support/world.ts';

async function endedJob(
  world: World,
  output: unknown,
): Promise<{ token: string; jobId: string; upstreamId: string }> {
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output });
  await world.result(token, body.request_id);
  await world.idle();
  return { token, jobId: body.request_id, upstreamId };
}

test('a result is answered from the books when RunComfy has forgotten the job', async ({ expect }) => {
  const world = createWorld();
  const output = { video: 'https://playgrounds-storage-public.runcomfy.net/a.mp4' };
  const { token, jobId, upstreamId } = await endedJob(world, output);
  world.runcomfy.forget(upstreamId);
  const cold = world.isolate();
  expect((await cold.result(token, jobId)).body).toMatchObject({
    request_id: jobId,
    status: 'succeeded',
    output,
  });
  expect((await cold.status(token, jobId)).body).toMatchObject({ status: 'completed' });
});

test('a result that this isolate saw is answered without RunComfy and without D1', async ({ expect }) => {
  const world = createWorld();
  const { token, jobId } = await endedJob(world, {
    image: 'https://playgrounds-storage-public.runcomfy.net/a.png',
  });
  world.runcomfy.resetCalls();
  world.deps.db = new Proxy(env.DB, {
    get() {
      throw new Error('an ended job asked D1');
    },
  });
  expect((await world.result(token, jobId)).body.status).toBe('succeeded');
  expect((await world.status(token, jobId)).body.status).toBe('completed');
  expect((await world.cancel(token, jobId)).body).toMatchObject({
    outcome: 'not_cancellable',
    status: 'completed',
  });
  expect(world.runcomfy.calls().counts).toMatchObject({ status: 0, result: 0, cancel: 0 });
});

test('a result over 32 KiB is not kept: RunComfy is asked for it', async ({ expect }) => {
  const world = createWorld();
  const output = {
    images: Array.from(
      { length: 1_000 },
      (_, n) => `https://playgrounds-storage-public.runcomfy.net/${n}.png`,
    ),
  };
  const { token, jobId } = await endedJob(world, output);
  expect(
    await env.DB.prepare('SELECT result FROM jobs WHERE id = ?1').bind(jobId).first('result'),
  ).toBeNull();
  expect((await world.result(token, jobId)).body).toMatchObject({ status: 'succeeded', output });
});

test('a large echo of the input is dropped before the result is', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ echo_input: true });
  const { token } = await world.tenant();
  const { body } = await world.submit(token, { prompt: 'x', note: 'y'.repeat(40_000) });
  await world.idle();
  world.clock.advance(60_000);
  await world.result(token, body.request_id);
  await world.idle();
  const kept = await env.DB.prepare('SELECT result FROM jobs WHERE id = ?1')
    .bind(body.request_id)
    .first<string>('result');
  expect(JSON.parse(kept!)).toMatchObject({ state: 'succeeded', output: expect.anything() });
  expect(kept).not.toContain('yyyy');
});

const large = {
  images: Array.from({ length: 1_000 }, (_, n) => `https://playgrounds-storage-public.runcomfy.net/${n}.png`),
};
const words = (['succeeded', 'completed'] as const).flatMap((word) =>
  [{ video: 'https://playgrounds-storage-public.runcomfy.net/a.mp4' }, large].map((output) => ({
    word,
    size: output === large ? 'too large to keep' : 'small',
    output,
  })),
);

test.for(words)(
  'a program that polls /result for exactly "$word" stops, with a $size result from any source',
  async ({ word, output }, { expect }) => {
    const world = createWorld();
    world.runcomfy.settings({ success_word: word });
    const { token } = await world.tenant();
    const { body } = await world.submit(token);
    await world.idle();
    world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', output });
    const wordOf = async (isolate: Isolate) =>
      (await isolate.result(token, body.request_id)).body.status as string;

    expect(await wordOf(world)).toBe(word);
    await world.idle();
    expect(await wordOf(world)).toBe(word);
    expect(await wordOf(world.isolate())).toBe(word);
    world.runcomfy.forget(world.runcomfy.accepted().jobs[0]!.id);
    expect(await wordOf(world)).toBe(word);
    expect(await wordOf(world.isolate())).toBe(word);
  },
);

test('the word of a success that only the cron has seen is RunComfy’s own', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ success_word: 'completed' });
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(10 * 60_000);
  await world.cron();
  world.runcomfy.forget(upstreamId);
  expect((await world.isolate().result(token, body.request_id)).body.status).toBe('completed');
});

test.for([
  { as: 'succeeded', cost: 0.3125 },
  { as: 'failed', cost: 0 },
  { as: 'cancelled', cost: 0 },
] as const)(
  'a job that $as costs $cost, before it is settled and after',
  async ({ as, cost }, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant({ markup: 1.25 });
    const { body } = await world.submit(token);
    await world.idle();
    const path = `/v1/requests/${body.request_id}/result?include_cost=true`;
    expect((await world.call(path, { token })).body).not.toHaveProperty('cost');
    world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as, cost_usd: 0.111 });
    world.clock.advance(1_000);

    expect((await world.call(path, { token })).body).toMatchObject({ status: as, cost });
    await world.idle();
    expect((await world.call(path, { token })).body).toMatchObject({ status: as, cost });
    expect((await world.isolate().call(path, { token })).body).toMatchObject({ status: as, cost });
    expect((await world.result(token, body.request_id)).body).not.toHaveProperty('cost');
  },
);

const reversals = [
  { first: 'succeeded', now: 'failed', cost: 0.25 },
  { first: 'succeeded', now: 'cancelled', cost: 0.25 },
  { first: 'failed', now: 'succeeded', cost: 0 },
  { first: 'cancelled', now: 'succeeded', cost: 0 },
] as const;

test.for(reversals)(
  'a job that was settled as $first stays that, although RunComfy says $now by now',
  async ({ first, now, cost }, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const { body } = await world.submit(token);
    await world.idle();
    const output = { video: 'https://playgrounds-storage-public.runcomfy.net/a.mp4' };
    const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
    world.runcomfy.finish(upstreamId, first === 'succeeded' ? { as: first, output } : { as: first });
    const path = `/v1/requests/${body.request_id}/result?include_cost=true`;
    const settled = await world.call(path, { token });
    await world.idle();
    tapUpstream(world, () =>
      Response.json({ status: now, output: { video: 'b' }, error: 'lost it', cost: 9 }),
    );
    const cold = world.isolate();
    // From RunComfy and the books, then from memory.
    for (let again = 0; again < 2; again += 1) {
      const { status, body: shown } = await cold.call(path, { token });
      await world.idle();
      expect({ status, shown }).toEqual({ status: 200, shown: settled.body });
      expect(shown).toMatchObject({ status: first, cost });
    }
  },
);

test('a failure that RunComfy reports after a success is not kept as the result of the success', async ({
  expect,
}) => {
  const world = createWorld();
  const { status } = await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { charge: 'cost' });
  expect(status).toBe(200);
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, {
    as: 'succeeded',
    output: large,
    cost_usd: null,
  });
  await world.result(token, body.request_id);
  await world.idle();
  tapUpstream(world, () => Response.json({ status: 'failed', error: 'lost it', cost: 0.1 }));
  await world.isolate().result(token, body.request_id);
  await world.idle();
  const row = await env.DB.prepare('SELECT state, charge_micros, result FROM jobs WHERE id = ?1')
    .bind(body.request_id)
    .first();
  expect(row).toEqual({ state: 'succeeded', charge_micros: 100_000, result: null });
});

test.for([{ cost_usd: 0.1 }, { cost_usd: null }])(
  'a cost of $cost_usd that is booked, or given up, is not written again by every isolate that reads the result',
  async ({ cost_usd }, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const { body } = await world.submit(token);
    await world.idle();
    world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', cost_usd });
    await world.result(token, body.request_id);
    await world.idle();
    world.clock.advance(11 * 60_000);
    await world.cron();
    const { body: job } = await world.admin('GET', `/admin/jobs/${body.request_id}`);
    expect(job).toMatchObject({ cost_usd, cost_flag: cost_usd === null ? 'missing' : null });
    const { db, calls } = failingDb(env.DB);
    calls.match = 'SET cost_micros';
    expect((await world.isolate({ DB: db }).result(token, body.request_id)).status).toBe(200);
    await world.idle();
    expect(calls.calls).toBe(0);
  },
);

test('a state from a moment before the end is no answer once the end is in the books', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  expect((await world.result(token, body.request_id)).body.status).toBe('in_progress');
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', output: large });
  await world.isolate().result(token, body.request_id);
  await world.idle();
  // This isolate has forgotten the owner, and KV is late: the row tells of the end, without the large result.
  world.deps.memory.owners.clear();
  await env.OWNERS.delete(`job:${body.request_id}`);
  expect((await world.result(token, body.request_id)).body).toMatchObject({
    status: 'succeeded',
    output: large,
  });
});
