// Unlikely failures: answers of RunComfy that are half an end, stores that fail at the worst instant, an
// operator and a cron with different knowledge. Each case was lost once.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { failingDb, guardedDb } from '../support/stores.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, IMAGE_TO_VIDEO, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeEach(async () => {
  await env.DB.prepare("UPDATE accounts SET state = 'ok', since_ms = 0, probe_at_ms = 0").run();
  // What another test left open is not this one's to follow.
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
  await env.DB.prepare(
    `UPDATE models SET charge = 'estimate', price = '{"usdMicros":100000,"unit":"output"}' WHERE id = ?1`,
  )
    .bind(TEXT_TO_VIDEO)
    .run();
});

/** RunComfy's answer to /result replaced. */
function answerResult(world: World, body: Record<string, unknown>): void {
  const { call } = world.deps.upstream;
  world.deps.upstream = {
    async call(sent) {
      return sent.path.includes('/result')
        ? { kind: 'answer', status: 200, body, retryAfterSeconds: 10 }
        : call(sent);
    },
  };
}

/** D1 as an isolate has it for which something happens right before its first batch. */
function beforeFirstBatch(happen: () => Promise<void>): D1Database {
  let isFirst = true;
  return guardedDb(env.DB, async (call, run) => {
    if (isFirst && call.what === 'D1' && call.statements.length > 1) {
      isFirst = false;
      await happen();
    }
    return run();
  });
}

test('validation off/advise: inputs that price names are enforced (422)', async ({ expect }) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { validation: 'off' });
  const { id, token } = await world.tenant();
  const plain = await world.submit(
    token,
    { prompt: 'x', image_urls: ['https://a.b/c.png'], frames: 1 },
    IMAGE_TO_VIDEO,
  );
  expect(plain.status).toBe(422);
  const reply = await world.submit(
    token,
    { prompt: 'x', image_urls: Array.from({ length: 25 }, () => 1), frames: 1 },
    IMAGE_TO_VIDEO,
  );
  const calls = world.runcomfy.calls().counts.submit;
  const { results } = await env.DB.prepare('SELECT hold_micros FROM jobs WHERE customer_id = ?1')
    .bind(id)
    .all();
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { validation: 'enforce' });
  expect({ calls, results }).toEqual({ calls: 0, results: [] });
  expect(reply.body.code).toBe('invalid_input');
  expect(reply.body.detail).toContain('frames');
});

test('a result that echoes a big input can be read, and the job is charged', async ({ expect }) => {
  const world = createWorld();
  const made = await world.admin('PUT', '/admin/models/bytedance/dreamina-3-0/pro/text-to-video', {
    input_schema: { type: 'object', properties: { prompt: { type: 'string' } } },
    price: { usd: 0.1, unit: 'output' },
    validation: 'off',
  });
  expect(made.status).toBe(200);
  const { id, token } = await world.tenant();
  const { call } = world.deps.upstream;
  const { body, status } = await world.submit(token, {
    prompt: 'x',
    image: `data:image/png;base64,${'A'.repeat(9 * 1024 * 1024)}`,
  });
  void call;
  await world.idle();
  const accepted = world.runcomfy.accepted().jobs;
  world.runcomfy.settings({ echo_input: true });
  expect(status).toBe(200);
  expect(accepted).toHaveLength(1);
  world.runcomfy.finish(accepted[0]!.id, { as: 'succeeded' });
  expect((await world.result(token, body.request_id)).status).toBe(200);
  for (let hour = 0; hour < 24 * 8; hour += 12) {
    world.clock.advance(12 * HOUR);
    await world.cron();
  }
  expect((await booksOf(id)).states).toEqual({ succeeded: 1 });
});

test('without a token for RunComfy, a success that waits for its cost is charged by estimate', async ({
  expect,
}) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, {
    price: { usd: 0.1, unit: 'output' },
    charge: 'cost',
    validation: 'enforce',
  });
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', cost_usd: null });
  await world.result(token, body.request_id);
  await world.idle();
  const bare = world.isolate({ RUNCOMFY_TOKEN: '' });
  for (let minute = 0; minute < 60; minute += 1) {
    world.clock.advance(MINUTE);
    await bare.cron();
  }
  const resolved = await bare.admin('POST', `/admin/jobs/${body.request_id}/resolve`, { outcome: 'lost' });
  expect(resolved.status).toBe(409);
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, ends: 1 });
});

test('lost only after 404s over an hour: a 500 at the end is no 404', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  await world.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.runcomfy.fault({ on: 'result', fault: { kind: 'forget' }, times: 3 });
  for (const minutes of [2, 2, 2]) {
    world.clock.advance(minutes * MINUTE);
    await world.cron();
  }
  expect(
    await env.DB.prepare('SELECT missing FROM jobs WHERE customer_id = ?1').bind(id).first('missing'),
  ).toBe(3);
  // Four minutes of 404. Then the cron does not run, or RunComfy is down, for an hour.
  world.runcomfy.clearFaults();
  world.runcomfy.fault({ on: 'result', fault: { kind: 'status', status: 503 }, times: 2 });
  world.clock.advance(HOUR);
  await world.cron();
  expect((await booksOf(id)).states).toEqual({ running: 1 });
  world.clock.advance(HOUR);
  await world.cron();
  expect((await booksOf(id)).states).toEqual({ succeeded: 1 });
});

test.for([
  { status: 'completed', output: null, error: { code: 'nsfw' } },
  { status: 'completed', outcome: 'cancelled' },
  { status: 'completed' },
  { status: 'completed', output: null },
  { status: 'completed', outcome: 'failed' },
])('no charge without a success: %o', async (answer, { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  await world.submit(token);
  await world.idle();
  answerResult(world, answer);
  world.clock.advance(5 * MINUTE);
  await world.cron();
  expect(await booksOf(id)).toMatchObject({ balanceMicros: 0 });
});

test('refused by the operator though KV knows that RunComfy took it: a second POST for one key', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  calls.match = "state = 'running'";
  calls.failure = 'before';
  const post = (at: any) =>
    at.call(`/v1/models/${TEXT_TO_VIDEO}`, {
      method: 'POST',
      token,
      body: PROMPT,
      headers: { 'Idempotency-Key': 'k1' },
    });
  const first = await post(isolate);
  expect(first.status).toBe(200);
  await world.idle();
  world.clock.advance(6 * MINUTE);
  const reply = await world.admin('POST', `/admin/jobs/${first.body.request_id}/resolve`, {
    outcome: 'refused',
  });
  expect(reply.status).toBe(409);
  const second = await post(world);
  await world.idle();
  expect(second.body.request_id).toBe(first.body.request_id);
  expect(world.runcomfy.accepted().count).toBe(1);
  void id;
});

test('refused by the operator in a range, though KV knows that RunComfy took it', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-06-01T00:00:00Z'));
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  calls.match = "state = 'running'";
  calls.failure = 'before';
  await isolate.submit(token);
  await world.idle();
  world.clock.advance(6 * MINUTE);
  // KV is late where the cron runs, and the job is unconfirmed for that.
  await world.isolate({ OWNERS: { get: async () => null } }).cron();
  expect((await booksOf(id)).states).toEqual({ unconfirmed: 1 });
  const reply = await world.admin('POST', '/admin/jobs/resolve', {
    account: 'acct_env',
    from: '2026-06-01T00:00:00Z',
    to: '2026-06-01T01:00:00Z',
    outcome: 'refused',
  });
  expect(reply.body).toMatchObject({ resolved: 0 });
});

test('the cost shown is the cost charged', async ({ expect }) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, {
    price: { usd: 0.1, unit: 'output', hold_factor: 2 },
    charge: 'cost',
  });
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  const { body } = await isolate.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.05 });
  calls.match = "'end', CASE";
  calls.failure = 'before';
  const shown = await isolate.call(`/v1/requests/${body.request_id}/result?include_cost=true`, { token });
  await world.idle();
  calls.failure = 'none';
  // RunComfy corrects its cost before anybody has settled.
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.15 });
  world.clock.advance(10 * MINUTE);
  await world.cron();
  const { balanceMicros } = await booksOf(id);
  if (shown.body.cost !== undefined) {
    expect(shown.body.cost).toBe(-balanceMicros / 1e6);
  }
});

test('two readers, two costs: both show what was charged', async ({ expect }) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, {
    price: { usd: 0.1, unit: 'output', hold_factor: 2 },
    charge: 'cost',
  });
  const { token } = await world.tenant();
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  const path = `/v1/requests/${body.request_id}/result?include_cost=true`;
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.05 });
  // The first reader is about to settle by 0.05 when a second one reads 0.15 and settles.
  const second = world.isolate();
  const DB = beforeFirstBatch(async () => {
    world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.15 });
    expect((await second.call(path, { token })).body.cost).toBe(0.15);
  });
  const first = world.isolate({ DB });
  expect((await first.call(path, { token })).body.cost).toBe(0.15);
  await world.idle();
  expect((await first.call(path, { token })).body.cost).toBe(0.15);
});

test('a job is given up while a reader settles its success: the reader gets the booked end', async ({
  expect,
}) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, {
    price: { usd: 0.1, unit: 'output' },
    charge: 'cost',
  });
  const { token } = await world.tenant();
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', cost_usd: 0.05 });
  const DB = beforeFirstBatch(async () => {
    const path = `/admin/jobs/${body.request_id}/resolve`;
    expect((await world.admin('POST', path, { outcome: 'lost' })).status).toBe(200);
  });
  const path = `/v1/requests/${body.request_id}/result?include_cost=true`;
  const { body: shown } = await world.isolate({ DB }).call(path, { token });
  expect(shown).toMatchObject({ status: 'failed', error: { code: 'lost' }, cost: 0 });
});

test('a lost job stays lost for every caller', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  expect(
    (await world.admin('POST', `/admin/jobs/${body.request_id}/resolve`, { outcome: 'lost' })).status,
  ).toBe(200);
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output: { image: 'i' } });
  // From RunComfy and the books, then from memory.
  for (let again = 0; again < 3; again += 1) {
    const result = await world.call(`/v1/requests/${body.request_id}/result?include_cost=true`, { token });
    expect(result.body).toMatchObject({ status: 'failed', cost: 0 });
    expect(result.body.output).toBeUndefined();
    await world.idle();
  }
});

test('a gate whose answer is lost, at a limit of one', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  calls.match = 'INSERT INTO jobs';
  const failures: any[] = ['after'];
  calls.decide = () => failures.shift() ?? 'none';
  expect((await isolate.submit(token)).status).toBe(200);
  void id;
});

test('one RunComfy request is charged to one job only', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-07-01T00:00:00Z'));
  const ada = await world.tenant();
  const bob = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const isolate = world.isolate({ DB: db });
  calls.match = "state = 'running'";
  calls.failure = 'before';
  await isolate.submit(ada.token); // KV only
  await world.idle();
  calls.failure = 'none';
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
  const lost = await world.submit(bob.token);
  await world.idle();
  await world.admin('POST', `/admin/jobs/${lost.body.request_id}/resolve`, { upstream_id: upstreamId });
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(10 * MINUTE);
  await world.cron();
  const charged = [(await booksOf(ada.id)).balanceMicros, (await booksOf(bob.id)).balanceMicros];
  expect(charged.filter((micros) => micros !== 0)).toHaveLength(1);
  expect(await differences(world)).toEqual([]);
});

test.for([{ error_message: 'No remaining balance: -0.42 USD in the wallet of ops@reseller.example' }])(
  'G10: a 400 of RunComfy that is not about the input is not passed on: %o',
  async (answer, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const { call } = world.deps.upstream;
    world.deps.upstream = {
      async call(sent) {
        return sent.method === 'POST'
          ? { kind: 'answer', status: 400, body: answer, retryAfterSeconds: 10 }
          : call(sent);
      },
    };
    const reply = await world.submit(token);
    expect(reply.status).toBe(422);
    expect(JSON.stringify(reply.body)).not.toContain('ops@');
  },
);

test('a result that cannot be written down ends all the same', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  await world.submit(token);
  await world.idle();
  const output = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
  answerResult(world, { status: 'succeeded', output });
  for (let day = 0; day < 30; day += 1) {
    world.clock.advance(24 * HOUR);
    await world.cron();
  }
  expect(await booksOf(id)).toMatchObject({ heldMicros: 0, ends: 1 });
});

test('bad input on the new routes is no 500', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const paths = [
    '/admin/usage?group_by=day,customer,key,model&from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z',
    '/admin/usage?from=0000-01-01T00:00:00%2B23:59',
    '/admin/usage?to=9999-12-31T23:59:59.999-23:59&group_by=day',
    '/admin/usage?customer=%00',
    '/admin/usage?customer=',
    '/admin/usage?customer=%F4%8F%BF%BF',
    '/admin/usage?group_by=',
    '/admin/usage?group_by=,',
    '/admin/usage?format=',
    '/admin/usage?format=csv&group_by=day',
    '/admin/usage?from=2026-02-30T00:00:00Z',
    '/admin/usage?from=2026-01-01T24:00:00Z',
    '/admin/usage?from=2026-01-01T23:59:60Z',
    '/admin/usage?from=2026-01-01T00:00Z',
    '/admin/usage?from=2026-01-01T00:00:00.123456789012345678901234567890Z',
    '/admin/jobs?from=0000-01-01T00:00:00Z',
    '/admin/jobs?cursor=%00',
    '/admin/jobs?idempotency_key=%00',
    '/admin/jobs?limit=1e2',
    `/admin/customers/${id}/prices?limit=1e2&cursor=%00`,
    `/admin/customers/%00/prices`,
    `/admin/customers/${id}/prices?cursor=`,
    `/admin/customers/${id}/credits?limit=1e2&cursor=%00`,
    `/admin/customers/%00/credits`,
    '/admin/health?x=1',
    '/admin/ledger/check?customer=%00',
  ];
  for (const path of paths) {
    const response = await world.raw(path, {
      headers: { Authorization: 'Bearer test-admin-token-0123456789abcdefghijklmnopq' },
    });
    expect([path, response.status < 500]).toEqual([path, true]);
  }
  for (const usd of [1e-7, 1e9, 1e15, -0, -1, '1', null, [], true]) {
    const { status } = await world.admin('PUT', `/admin/customers/${id}/prices/${TEXT_TO_VIDEO}`, { usd });
    expect([usd, status < 500]).toEqual([usd, true]);
    const estimate = await world.call(`/v1/estimate/${TEXT_TO_VIDEO}`, {
      method: 'POST',
      token,
      body: PROMPT,
    });
    expect([usd, estimate.status]).toEqual([usd, 200]);
    expect((await world.call(`/v1/models/${TEXT_TO_VIDEO}`, { token })).status).toBe(200);
  }
  for (const body of [
    'null',
    '[]',
    '1',
    '"x"',
    '{"frames":1e308}',
    '{"prompt":"\\ud800"}',
    '{"prompt":"x","seed":1e999}',
    '{"prompt":"\\u0000"}',
    '',
  ]) {
    const estimate = await world.call(`/v1/estimate/${TEXT_TO_VIDEO}`, { method: 'POST', token, body });
    expect([body, estimate.status < 500]).toEqual([body, true]);
    const resolve = await world.admin('POST', '/admin/jobs/resolve', body);
    expect([body, resolve.status < 500]).toEqual([body, true]);
  }
  for (const path of [
    '/v1/usage?from=0000-01-01T00:00:00Z&group_by=day',
    '/v1/usage?customer=x',
    '/v1/usage?group_by=customer',
    '/v1/usage?format=xml',
  ]) {
    expect([path, (await world.call(path, { token })).status < 500]).toEqual([path, true]);
  }
});

test('an invalid number is not an id of RunComfy', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  tapUpstream(world, () => new Response('{"request_id":1e999}'));
  expect((await world.submit(token)).body.code).toBe('outcome_unknown');
});
