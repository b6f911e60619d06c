import { test } from 'vitest';
import { createRunComfy } from '../../simulator/runcomfy.ts';
import type { Job } from '../../simulator/job.ts';
import { simulated, TEXT_TO_VIDEO } from './support.ts';

test('hold pins every open job, and leaves ended ones alone', async ({ expect }) => {
  const { call, clock, job, runComfy } = simulated();
  const ended = await job();
  clock.ms += 5000;
  runComfy.settings({ hold: 'in_progress' });
  const held = await job();
  clock.ms += 60_000;
  expect(runComfy.accepted().jobs).toMatchObject([
    { id: ended, state: 'succeeded' },
    { id: held, state: 'in_progress' },
  ]);
  runComfy.settings({ hold: null });
  const { body } = await call(`/v1/requests/${held}/status`);
  expect(body['status']).toBe('completed');
});

test('calls are counted by endpoint, with the last headers', async ({ expect }) => {
  const { call, job, runComfy } = simulated();
  const id = await job();
  await call(`/v1/requests/${id}/status`, { headers: { 'X-Probe': 'yes' } });
  await call('/v1/models');
  expect(runComfy.calls().counts).toEqual({
    submit: 1,
    status: 1,
    result: 0,
    cancel: 0,
    models: 1,
    balance: 0,
  });
  expect(runComfy.calls().last.status).toMatchObject({ method: 'GET', headers: { 'x-probe': 'yes' } });
  runComfy.resetCalls();
  expect(runComfy.calls().counts.submit).toBe(0);
});

test('the control API does the same over HTTP, without a token', async ({ expect }) => {
  const { call, job, post, raw, runComfy } = simulated();
  await post('/_simulator/settings', { hold: 'in_queue' });
  const id = await job();
  const accepted = await call('/_simulator/accepted');
  expect(accepted.body).toMatchObject({
    count: 1,
    jobs: [{ id, model_id: TEXT_TO_VIDEO, body: { prompt: 'a cat' }, state: 'in_queue', price_usd: 0.25 }],
  });
  const fault = { on: 'status', fault: { kind: 'status', status: 500 }, times: 1 };
  const planned = await post('/_simulator/faults', fault);
  expect(planned.body).toEqual({ faults: [fault] });
  await raw('/_simulator/faults', { method: 'DELETE' });
  expect(runComfy.faults()).toEqual([]);
  const finish = JSON.stringify({ as: 'succeeded', cost_usd: -1, output: { image: 'x' } });
  await raw(`/_simulator/jobs/${id}/finish`, { method: 'POST', body: finish });
  const result = await call(`/v1/requests/${id}/result?include_cost=true`);
  expect(result.body).toMatchObject({ status: 'succeeded', cost: -1, output: { image: 'x' } });
  await raw(`/_simulator/jobs/${id}/forget`, { method: 'POST' });
  const forgotten = await call(`/v1/requests/${id}/result`);
  expect(forgotten.status).toBe(404);
  await raw('/_simulator/reset', { method: 'POST' });
  expect(runComfy.accepted().count).toBe(0);
  expect(runComfy.settings().hold).toBeNull();
});

test('the catalogue can be changed while it runs, over HTTP too', async ({ expect }) => {
  const { call, post, raw } = simulated();
  await post('/_simulator/models', { model_id: TEXT_TO_VIDEO, base_price_usd: 0.2, pricing_note: 'more' });
  const changed = await call(`/v1/models/${TEXT_TO_VIDEO}`);
  expect(changed.body).toMatchObject({ base_price_usd: 0.2, pricing_note: 'more', price_unit: 'second' });
  await post('/_simulator/models', { model_id: TEXT_TO_VIDEO, base_price_usd: null });
  expect((await call(`/v1/models/${TEXT_TO_VIDEO}`)).body).not.toHaveProperty('base_price_usd');
  await post('/_simulator/models', { model_id: 'a/new/one', base_price_usd: 1, price_unit: 'output' });
  const { body } = await call('/v1/models?search=a/new&include_schema=true');
  expect(body).toMatchObject({
    total: 1,
    models: [{ model_id: 'a/new/one', input_schema: { type: 'object' } }],
  });
  await raw('/_simulator/models/a/new/one', { method: 'DELETE' });
  expect((await call('/v1/models/a/new/one')).status).toBe(400);
  await raw('/_simulator/reset', { method: 'POST' });
  expect((await call(`/v1/models/${TEXT_TO_VIDEO}`)).body['base_price_usd']).toBe(0.05);
});

test.for([
  ['/_simulator/faults', { on: 'nowhere', fault: { kind: 'cut' } }, 400],
  ['/_simulator/settings', { qeue_ms: 1 }, 400],
  ['/_simulator/models', { base_price_usd: 1 }, 400],
  ['/_simulator/jobs/none/finish', { as: 'failed' }, 404],
] as const)('%s refuses %j', async ([path, body, status], { expect }) => {
  const { post } = simulated();
  const answer = await post(path, body);
  expect(answer.status).toBe(status);
  expect(answer.body).toHaveProperty('error');
});

test('jobs come back from a store, and where they were', async ({ expect }) => {
  const rows = new Map<string, Job>();
  const store = {
    load: () => rows.values(),
    save: (job: Job) => {
      rows.set(job.id, job);
    },
    clear: () => {
      rows.clear();
    },
  };
  const body = JSON.stringify({ prompt: 'a cat' });
  const headers = { Authorization: 'Bearer t' };
  const first = createRunComfy({ now: () => 0, store, token: 't' });
  await first.fetch(
    new Request(`https://a.test/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', body, headers }),
  );
  const second = createRunComfy({ now: () => 2500, store, token: 't' });
  expect(second.accepted()).toMatchObject({
    count: 1,
    jobs: [{ state: 'in_progress', body: { prompt: 'a cat' } }],
  });
});

test('the first page explains itself', async ({ expect }) => {
  const { raw } = simulated();
  const response = await raw('/');
  const page = await response.text();
  expect(page).toContain('not RunComfy');
  expect(page).toContain('cut_before');
});
