import { test } from 'vitest';
import type { Fault } from '../../simulator/fault.ts';
import { simulated } from './support.ts';

const ANSWERS: [name: string, fault: Fault, status: number, body: Record<string, unknown>, jobs: number][] = [
  ['status', { kind: 'status', status: 503 }, 503, { error_code: 503001 }, 0],
  ['status accepted', { kind: 'status', status: 500, accept: true }, 500, { error_code: 500001 }, 1],
  ['ok_error', { kind: 'ok_error', error_code: 500001 }, 200, { error_code: 500001 }, 0],
  ['no_balance', { kind: 'no_balance' }, 400, { error_code: 400002 }, 0],
  ['validation', { kind: 'validation' }, 422, { detail: [{ loc: ['body', 'input', 'image_urls', 0] }] }, 0],
  ['redis_lock', { kind: 'redis_lock' }, 500, { detail: 'Redis lock timeout' }, 0],
  ['redis_lock with a status', { kind: 'redis_lock', status: 503 }, 503, { detail: 'Redis lock timeout' }, 0],
  ['bad_token', { kind: 'bad_token' }, 400, { error_code: 400004, error: 'UserAccountError' }, 0],
];

test.for(ANSWERS)('submit fault %s', async ([, fault, status, body, jobs], { expect }) => {
  const { runComfy, submit } = simulated();
  runComfy.fault({ on: 'submit', fault, times: 1 });
  const answer = await submit();
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject(body);
  expect(answer.body).not.toHaveProperty('request_id');
  expect(runComfy.accepted().count).toBe(jobs);
  const next = await submit();
  expect(next.status).toBe(200);
});

test('429 carries Retry-After', async ({ expect }) => {
  const { runComfy, submit } = simulated();
  runComfy.fault({ on: 'any', fault: { kind: 'status', status: 429, retry_after: 7 }, times: 1 });
  const { status, headers } = await submit();
  expect(status).toBe(429);
  expect(headers.get('Retry-After')).toBe('7');
});

test('nan is what Python writes and JSON does not know', async ({ expect }) => {
  const { raw, job, runComfy } = simulated();
  const id = await job('[sim:nan]');
  const running = await (await raw(`/v1/requests/${id}/result`)).text();
  expect(running).toMatch(/"status":"in_queue",.*"eta_seconds":NaN}$/);
  runComfy.finish(id, { as: 'succeeded' });
  const ended = await (await raw(`/v1/requests/${id}/result`)).text();
  expect(ended).toContain('"output":{"score":NaN,"range":[-Infinity,Infinity],"video');
});

test('no_id accepts the job but hides its id', async ({ expect }) => {
  const { runComfy, submit } = simulated();
  runComfy.fault({ on: 'submit', fault: { kind: 'no_id' } });
  const { status, body } = await submit();
  expect(status).toBe(200);
  expect(body).not.toHaveProperty('request_id');
  expect(runComfy.accepted().count).toBe(1);
});

test('garbage is the real answer cut in half', async ({ expect }) => {
  const { raw, job, runComfy } = simulated();
  const id = await job();
  runComfy.fault({ on: 'result', fault: { kind: 'garbage' } });
  const response = await raw(`/v1/requests/${id}/result`);
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toMatch('application/json');
  expect(() => {
    JSON.parse(text);
  }).toThrow(SyntaxError);
});

test.for([undefined, 502])('html comes with status %s', async (status, { expect }) => {
  const { raw, runComfy } = simulated();
  runComfy.fault({ on: 'models', fault: { kind: 'html', ...(status ? { status } : {}) } });
  const response = await raw('/v1/models');
  expect(response.status).toBe(status ?? 200);
  expect(response.headers.get('Content-Type')).toBe('text/html');
});

test('redirect points to another host', async ({ expect }) => {
  const { raw, runComfy } = simulated();
  runComfy.fault({ on: 'any', fault: { kind: 'redirect' } });
  const response = await raw('/v1/models');
  expect(response.status).toBe(302);
  expect(response.headers.get('Location')).toBe('https://elsewhere.example/');
});

test.for([
  ['cut', 1],
  ['cut_before', 0],
] as const)('%s fails like the network and leaves %i jobs', async ([kind, jobs], { expect }) => {
  const { runComfy, submit } = simulated();
  runComfy.fault({ on: 'submit', fault: { kind }, times: 1 });
  await expect(submit()).rejects.toThrow(TypeError);
  expect(runComfy.accepted().count).toBe(jobs);
  expect(runComfy.calls().counts.submit).toBe(1);
});

test.for([
  ['silence', 1],
  ['silence_before', 0],
] as const)('%s ends with the reason of the caller and leaves %i jobs', async ([kind, jobs], { expect }) => {
  const { raw, runComfy } = simulated();
  runComfy.fault({ on: 'submit', fault: { kind } });
  const caller = new AbortController();
  const body = JSON.stringify({ prompt: 'a cat' });
  const path = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
  const answer = raw(path, { method: 'POST', body, signal: caller.signal });
  caller.abort(new Error('tired of waiting'));
  await expect(answer).rejects.toThrow('tired of waiting');
  expect(runComfy.accepted().count).toBe(jobs);
});

test('delay waits by the given clock, then answers', async ({ expect }) => {
  const { delays, runComfy, submit } = simulated();
  runComfy.fault({ on: 'submit', fault: { kind: 'delay', ms: 1234 } });
  const { status } = await submit();
  expect(status).toBe(200);
  expect(delays).toEqual([1234]);
});

test('fail and slow change what becomes of the job', async ({ expect }) => {
  const { call, clock, job, runComfy } = simulated();
  runComfy.fault({ on: 'submit', fault: { kind: 'fail', error: 'out of paint' }, times: 1 });
  runComfy.fault({ on: 'submit', fault: { kind: 'slow', ms: 10_000 }, times: 1 });
  const [failing, slow] = [await job(), await job()];
  clock.ms += 5000;
  const failed = await call(`/v1/requests/${failing}/result`);
  expect(failed.body).toMatchObject({ status: 'failed', error: 'out of paint' });
  const running = await call(`/v1/requests/${slow}/status`);
  expect(running.body['status']).toBe('in_progress');
  clock.ms += 7000;
  const done = await call(`/v1/requests/${slow}/status`);
  expect(done.body['status']).toBe('completed');
});

const READS: [fault: Fault, on: 'status' | 'result' | 'cancel', body: Record<string, unknown>][] = [
  [{ kind: 'not_ready' }, 'result', { error_code: 400005 }],
  [{ kind: 'unknown_state' }, 'status', { status: 'warming_up' }],
  [{ kind: 'word', word: 'succeeded' }, 'status', { status: 'succeeded' }],
  [{ kind: 'word', word: 'completed' }, 'result', { status: 'completed' }],
  [{ kind: 'word', word: 'cancellation_requested' }, 'cancel', { outcome: 'cancellation_requested' }],
  [{ kind: 'forget' }, 'status', { error_code: 404001 }],
];

test.for(READS)('%j on %s', async ([fault, on, body], { expect }) => {
  const { call, job, runComfy } = simulated();
  const id = await job();
  runComfy.fault({ on, fault, times: 1 });
  const method = on === 'cancel' ? 'POST' : 'GET';
  const answer = await call(`/v1/requests/${id}/${on}`, { method });
  expect(answer.body).toMatchObject(body);
  const next = await call(`/v1/requests/${id}/${on}`, { method });
  expect(next.body).not.toMatchObject(body);
});

test('a job forgotten at the submit is accepted and then unknown', async ({ expect }) => {
  const { call, job, runComfy } = simulated();
  const id = await job('[sim:forget]');
  const { status } = await call(`/v1/requests/${id}/result`);
  expect(status).toBe(404);
  expect(runComfy.accepted().jobs).toMatchObject([{ id, forgotten: true }]);
});

test.for([
  ['[sim:429]', 429],
  ['[sim:503]', 503],
  ['[sim:status=502]', 502],
  ['[sim:submit.no_balance]', 400],
  ['[sim:made_up] [sim:]', 200],
] as const)('the prompt word %s answers %i', async ([prompt, status], { expect }) => {
  const { submit } = simulated();
  const answer = await submit(`a cat ${prompt} at night`);
  expect(answer.status).toBe(status);
});

test('several prompt words work together, each where it belongs and as often as it says', async ({
  expect,
}) => {
  const { call, clock, delays, job } = simulated();
  const id = await job('[sim:delay=3000] [sim:fail=no paint] [sim:status.503*2] [sim:not_ready*1]');
  expect(delays).toEqual([3000]);
  clock.ms += 60_000;
  const statuses: number[] = [];
  for (const path of ['status', 'status', 'status', 'result', 'result']) {
    const { status } = await call(`/v1/requests/${id}/${path}`);
    statuses.push(status);
  }
  expect(statuses).toEqual([503, 503, 200, 400, 200]);
  const { body } = await call(`/v1/requests/${id}/result`);
  expect(body).toMatchObject({ status: 'failed', error: 'no paint' });
});

test('an HTML page and a refused token on the reads of a job, for minutes, by the control API', async ({
  expect,
}) => {
  const { raw, clock, job, runComfy } = simulated();
  const id = await job();
  const statuses = async () => {
    const answers = [
      await raw(`/v1/requests/${id}/status`),
      await raw(`/v1/requests/${id}/result`),
      await raw('/v1/models'),
    ];
    return answers.map(({ status }) => status);
  };
  runComfy.fault({ on: 'reads', fault: { kind: 'html', status: 504 }, for_ms: 180_000 });
  runComfy.fault({ on: 'reads', fault: { kind: 'bad_token' }, for_ms: 240_000 });
  expect(await statuses()).toEqual([504, 504, 200]);
  const page = await raw(`/v1/requests/${id}/status`);
  expect(page.headers.get('Content-Type')).toBe('text/html');
  expect(await page.text()).toContain('504 Gateway Time-out');
  clock.ms += 179_999;
  expect(await statuses()).toEqual([504, 504, 200]);
  clock.ms += 1;
  expect(await statuses()).toEqual([400, 400, 200]);
  clock.ms += 60_000;
  expect(await statuses()).toEqual([200, 200, 200]);
});

test('the same for one job, by a word in its prompt', async ({ expect }) => {
  const { raw, clock, job } = simulated();
  const id = await job('a cat [sim:reads.html=504~180]');
  const other = await job();
  const statusOf = async (path: string) => (await raw(`/v1/requests/${path}`)).status;
  clock.ms += 179_999;
  expect([await statusOf(`${id}/status`), await statusOf(`${id}/result`)]).toEqual([504, 504]);
  expect(await statusOf(`${other}/status`)).toBe(200);
  clock.ms += 1;
  expect([await statusOf(`${id}/status`), await statusOf(`${id}/result`)]).toEqual([200, 200]);
});

test('faults of the queue strike one a call, in the order they were planned', async ({ expect }) => {
  const { runComfy, submit } = simulated();
  runComfy.fault({ on: 'submit', fault: { kind: 'status', status: 500 }, times: 2 });
  runComfy.fault({ on: 'any', fault: { kind: 'status', status: 429 } });
  const statuses: number[] = [];
  for (const _ of [1, 2, 3, 4]) {
    const { status } = await submit();
    statuses.push(status);
  }
  expect(statuses).toEqual([500, 500, 429, 429]);
  runComfy.clearFaults();
  const { status } = await submit();
  expect(status).toBe(200);
});
