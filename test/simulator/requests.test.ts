import { test } from 'vitest';
import { z } from 'zod';
import { simulated, TEXT_TO_VIDEO } from './support.ts';

test('a submit answers with an id and three absolute URLs on the origin it came to', async ({ expect }) => {
  const { submit } = simulated();
  const { status, headers, body } = await submit();
  const base = `https://runcomfy.test/v1/requests/${String(body['request_id'])}`;
  expect(status).toBe(200);
  expect(headers.get('Content-Type')).toMatch('application/json');
  expect(body['request_id']).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
  expect(body).toEqual({
    request_id: body['request_id'],
    status_url: `${base}/status`,
    result_url: `${base}/result`,
    cancel_url: `${base}/cancel`,
  });
});

test('the clock alone takes a job through the queue and the run to its end', async ({ expect }) => {
  const { call, clock, job } = simulated();
  const id = await job();
  const seen: unknown[] = [];
  for (const step of [0, 1000, 1000, 2999, 1]) {
    clock.ms += step;
    const { body } = await call(`/v1/requests/${id}/status`);
    seen.push([body['status'], body['queue_position']]);
  }
  expect(seen).toEqual([
    ['in_queue', 2],
    ['in_queue', 1],
    ['in_progress', undefined],
    ['in_progress', undefined],
    ['completed', undefined],
  ]);
});

test('a status has the documented fields and no cancel_url', async ({ expect }) => {
  const { call, job } = simulated();
  const id = await job();
  const { body } = await call(`/v1/requests/${id}/status`);
  expect(Object.keys(body).toSorted()).toEqual([
    'queue_position',
    'request_id',
    'result_url',
    'status',
    'status_url',
  ]);
});

test('a result is 200 in every state and carries output, instants and cost only at the end', async ({
  expect,
}) => {
  const { call, clock, job } = simulated();
  const id = await job();
  const early = await call(`/v1/requests/${id}/result?include_cost=true`);
  expect(early.status).toBe(200);
  expect(early.body).toEqual({
    request_id: id,
    status: 'in_queue',
    created_at: '2026-11-01T00:00:00.000Z',
  });
  clock.ms += 60_000;
  const late = await call(`/v1/requests/${id}/result?include_cost=true`);
  expect(late.body).toEqual({
    request_id: id,
    status: 'succeeded',
    output: { video: `https://runcomfy.test/files/${id}/output.mp4` },
    cost: 0.25,
    created_at: '2026-11-01T00:00:00.000Z',
    finished_at: '2026-11-01T00:00:05.000Z',
  });
  const without = await call(`/v1/requests/${id}/result`);
  expect(without.body).not.toHaveProperty('cost');
});

test('the cost follows frames, and comes as late as the settings say', async ({ expect }) => {
  const { call, clock, post, runComfy } = simulated();
  const { body } = await post(`/v1/models/${TEXT_TO_VIDEO}`, { prompt: 'a cat', frames: 241 });
  runComfy.settings({ queue_ms: 0, run_ms: 0, cost_delay_ms: 1000 });
  const path = `/v1/requests/${String(body['request_id'])}/result?include_cost=true`;
  const before = await call(path);
  expect(before.body).not.toHaveProperty('cost');
  clock.ms += 1000;
  const after = await call(path);
  expect(after.body['cost']).toBe(0.5);
});

test('only a queued job can be cancelled', async ({ expect }) => {
  const { call, clock, job, post } = simulated();
  const [queued, running] = [await job(), await job()];
  const cancelled = await post(`/v1/requests/${queued}/cancel`);
  expect(cancelled.status).toBe(202);
  expect(cancelled.body).toEqual({ request_id: queued, status: 'completed', outcome: 'cancelled' });
  clock.ms += 2000;
  const refused = await post(`/v1/requests/${running}/cancel`);
  expect(refused.status).toBe(202);
  expect(refused.body).toEqual({ request_id: running, status: 'in_progress', outcome: 'not_cancellable' });
  const status = await call(`/v1/requests/${queued}/status`);
  expect(status.body['status']).toBe('cancelled');
  const result = await call(`/v1/requests/${queued}/result`);
  expect(result.status).toBe(200);
  expect(result.body['status']).toBe('cancelled');
});

test('a request is called by a random UUID', async ({ expect }) => {
  const { job } = simulated();
  expect(await job()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.for(['succeeded', 'completed'] as const)(
  'a success is %s where the settings say so',
  async (word, { expect }) => {
    const { call, job, runComfy } = simulated();
    runComfy.settings({ success_word: word });
    const id = await job();
    expect((await call(`/v1/requests/${id}/result`)).body['status']).toBe('in_queue');
    runComfy.finish(id, { as: 'succeeded' });
    expect((await call(`/v1/requests/${id}/result`)).body['status']).toBe(word);
  },
);

test('numbers of any length are echoed digit for digit, and come out of a result that was set by hand', async ({
  expect,
}) => {
  const { raw, runComfy } = simulated();
  runComfy.settings({ echo_input: true });
  const body = '{"prompt":"a","seed":12345678901234567890}';
  const submitted = await raw(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', body });
  const { request_id: id } = z.object({ request_id: z.string() }).parse(await submitted.json());
  await raw(`/_simulator/jobs/${id}/finish`, {
    method: 'POST',
    body: '{"as":"succeeded","output":{"seed":12345678901234567890}}',
  });
  const text = await (await raw(`/v1/requests/${id}/result`)).text();
  expect(text).toContain(`"input":${body}`);
  expect(text).toContain('"output":{"seed":12345678901234567890}');
});

test('a failed job is completed on status and failed with an error on result', async ({ expect }) => {
  const { call, job, runComfy } = simulated();
  const id = await job();
  runComfy.finish(id, { as: 'failed', error: { code: 'nsfw', message: 'no' } });
  const status = await call(`/v1/requests/${id}/status`);
  expect(status.body['status']).toBe('completed');
  const result = await call(`/v1/requests/${id}/result?include_cost=true`);
  expect(result.status).toBe(200);
  expect(result.body).toMatchObject({ status: 'failed', error: { code: 'nsfw', message: 'no' } });
  expect(result.body).not.toHaveProperty('output');
  expect(result.body).not.toHaveProperty('cost');
});

test.for([
  ['a wrong token', { Authorization: 'Bearer nope' }, {}, 400, 400004],
  ['a switch for 401', { Authorization: 'Bearer nope' }, { bad_token_status: 401 }, 401, 400004],
  ['no balance', {}, { balance_usd: 0.24 }, 400, 400002],
] as const)('a submit is refused for %s', async ([, headers, settings, status, code], { expect }) => {
  const { call, runComfy } = simulated();
  runComfy.settings(settings);
  const body = JSON.stringify({ prompt: 'a cat' });
  const answer = await call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', body, headers });
  expect(answer.status).toBe(status);
  expect(answer.body['error_code']).toBe(code);
  expect(runComfy.accepted().count).toBe(0);
});

test('unknown models and requests are refused by their codes', async ({ expect }) => {
  const { call, post } = simulated();
  const model = await post('/v1/models/nobody/nothing', { prompt: 'a cat' });
  expect([model.status, model.body['error_code']]).toEqual([400, 400001]);
  const request = await call('/v1/requests/nothing/status');
  expect([request.status, request.body['error_code']]).toEqual([404, 404001]);
});

test('a job of another account is forbidden, and stays with an account whose token is replaced', async ({
  expect,
}) => {
  const { call, job, runComfy } = simulated();
  const id = await job();
  runComfy.settings({
    token: 'main-account-new-token',
    accounts: { other: { token: 'other-account-token', balance_usd: 3 } },
  });
  const path = `/v1/requests/${id}/status`;
  const other = await call(path, { headers: { Authorization: 'Bearer other-account-token' } });
  expect([other.status, other.body['error_code']]).toEqual([403, 403001]);
  const renewed = await call(path, { headers: { Authorization: 'Bearer main-account-new-token' } });
  expect(renewed.status).toBe(200);
  const revoked = await call(path);
  expect(revoked.body['error_code']).toBe(400004);
});

test('each account pays from its own balance, and a fault may strike one account alone', async ({
  expect,
}) => {
  const { call, runComfy, submit, post } = simulated();
  const token = 'other-account-token';
  runComfy.settings({ balance_usd: 1, accounts: { other: { token, balance_usd: 0.3 } } });
  const headers = { Authorization: `Bearer ${token}` };
  const body = JSON.stringify({ prompt: 'a cat' });
  const theirs = () => call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', headers, body });
  expect([(await theirs()).status, (await theirs()).body['error_code']]).toEqual([200, 400002]);
  expect((await submit()).status).toBe(200);
  expect((await call('/prod/v2/balance', { headers })).body['balance_usd']).toBe(0.05);
  expect((await call('/prod/v2/balance')).body['balance_usd']).toBe(0.75);
  runComfy.fault({ on: 'submit', account: 'other', fault: { kind: 'status', status: 429 } });
  expect([(await theirs()).status, (await submit()).status]).toEqual([429, 200]);
  runComfy.clearFaults();
  await post('/_simulator/faults', { on: 'balance', account: 'main', fault: { kind: 'bad_token' } });
  expect((await call('/prod/v2/balance', { headers })).status).toBe(200);
  expect((await call('/prod/v2/balance')).body['error_code']).toBe(400004);
  expect(runComfy.accepted().jobs.map(({ account }) => account)).toEqual(['other', 'main', 'main']);
});

test('1,000 parallel submits are 1,000 jobs and take 1,000 prices', async ({ expect }) => {
  const { call, runComfy, submit } = simulated();
  runComfy.settings({ balance_usd: 250 });
  const answers = await Promise.all(Array.from({ length: 1000 }, () => submit()));
  expect(new Set(answers.map((answer) => answer.body['request_id'])).size).toBe(1000);
  expect(runComfy.accepted().count).toBe(1000);
  expect(runComfy.calls().counts.submit).toBe(1000);
  const { body } = await call('/prod/v2/balance');
  expect(body).toEqual({ balance_usd: 0, balance_microdollars: 0, currency: 'USD' });
});

test('a model by the minute is billed by the second of its output', async ({ expect }) => {
  const { post, runComfy } = simulated();
  const input = { video_url: 'https://x.test/a.mp4', audio_url: 'https://x.test/a.wav', duration: 90 };
  await post('/v1/models/sync/sync/lipsync/v2/pro', input);
  expect(runComfy.accepted().jobs).toMatchObject([{ price_usd: 7.5 }]);
});

test('extra slashes and Python’s booleans are accepted', async ({ expect }) => {
  const { call, job, runComfy } = simulated();
  runComfy.settings({ queue_ms: 0, run_ms: 0 });
  const id = await job();
  const { body } = await call(`//v1/requests/${id}//result/?include_cost=True`);
  expect(body).toMatchObject({ status: 'succeeded', cost: 0.25 });
  const { body: list } = await call('//v1/models/?include_schema=True&limit=1');
  expect(list).toMatchObject({ models: [{ input_schema: expect.anything() }] });
});
