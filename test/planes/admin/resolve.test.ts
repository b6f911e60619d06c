// The operator's word on jobs of which nobody knows the outcome.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { booksOf, differences } from '../../support/books.ts';
import { failingDb, guardedKv } from '../../support/stores.ts';
import { createWorld, type Reply, type Tenant, type World } from '../../support/world.ts';

const MINUTE = 60_000;

type Stage = { world: World; tenant: Tenant; jobId: string; upstreamId: string };

/** A job that RunComfy took, and whose answer was cut off before anybody here could read it. */
async function unconfirmed(customer: object = {}): Promise<Stage> {
  const world = createWorld();
  const tenant = await world.tenant(customer);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const { body } = await world.submit(tenant.token);
  await world.idle();
  return { world, tenant, jobId: body.request_id, upstreamId: world.runcomfy.accepted().jobs[0]!.id };
}

/** A job that RunComfy accepted and runs. KV has its id, but D1 could not store it. */
async function knownAtTheEdge(startMs?: number): Promise<Stage> {
  const world = createWorld(startMs);
  const tenant = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.match = "SET state = 'running'";
  calls.failure = 'before';
  world.runcomfy.settings({ hold: 'in_progress' });
  const { body } = await world.isolate({ DB: db }).submit(tenant.token);
  await world.idle();
  world.clock.advance(5 * MINUTE);
  return { world, tenant, jobId: body.request_id, upstreamId: world.runcomfy.accepted().jobs[0]!.id };
}

function resolve({ world, jobId }: Stage, body: object): Promise<Reply> {
  return world.admin('POST', `/admin/jobs/${jobId}/resolve`, body);
}

test('RunComfy has it under this id: the job goes on and is charged', async ({ expect }) => {
  const stage = await unconfirmed();
  const { world, tenant, jobId, upstreamId } = stage;
  world.runcomfy.settings({ hold: 'in_progress' });
  const reply = await resolve(stage, { upstream_id: upstreamId });
  expect(reply).toMatchObject({ status: 200, body: { state: 'running', upstream_id: upstreamId } });
  await world.idle();
  expect(await auditOf(jobId)).toMatchObject([
    { action: 'job.resolve', actor: 'ops', change: { upstream_id: upstreamId } },
  ]);
  expect((await world.status(tenant.token, jobId)).body.status).toBe('in_progress');
  expect((await world.isolate().status(tenant.token, jobId)).body.status).toBe('in_progress');
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(10 * MINUTE);
  await world.cron();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
  expect(await differences(world, tenant.id)).toEqual([]);
});

test('RunComfy has ended it already: it is settled at once', async ({ expect }) => {
  const stage = await unconfirmed();
  stage.world.runcomfy.finish(stage.upstreamId, { as: 'failed', error: 'no' });
  const { body } = await resolve(stage, { upstream_id: stage.upstreamId });
  expect(body).toMatchObject({ state: 'failed', charge_usd: 0, result: { status: 'failed' } });
  expect(await booksOf(stage.tenant.id)).toMatchObject({ heldMicros: 0, ends: 1 });
});

test.for([
  { outcome: 'refused', requests: { slice: 0, day: 0, total: 0 } },
  { outcome: 'lost', requests: { slice: 1, day: 1, total: 1 } },
])('$outcome: the hold is released', async ({ outcome, requests }, { expect }) => {
  const stage = await unconfirmed();
  const { world, tenant, jobId } = stage;
  expect(await resolve(stage, { outcome })).toMatchObject({ status: 200, body: { state: outcome } });
  expect(await booksOf(tenant.id)).toMatchObject({ heldMicros: 0, balanceMicros: 0, ends: 1, requests });
  expect(await auditOf(jobId)).toHaveLength(1);
  expect((await world.result(tenant.token, jobId)).body).toMatchObject({ status: 'failed' });
  expect(await differences(world, tenant.id)).toEqual([]);
  // A second word changes nothing.
  expect((await resolve(stage, { outcome: 'lost' })).status).toBe(409);
  expect(await auditOf(jobId)).toHaveLength(1);
});

test('an id that RunComfy does not know, or that is another job’s', async ({ expect }) => {
  const stage = await unconfirmed();
  const { world, tenant } = stage;
  expect(await resolve(stage, { upstream_id: 'never-seen' })).toMatchObject({
    status: 422,
    body: { code: 'invalid_input', errors: [{ path: 'upstream_id', rule: 'exists' }] },
  });
  const { body: other } = await world.submit(tenant.token);
  await world.idle();
  const taken = world.runcomfy.accepted().jobs[1]!.id;
  const reply = await resolve(stage, { upstream_id: taken });
  expect(reply).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(reply.body.detail).toContain(other.request_id);
  world.runcomfy.fault({ on: 'result', fault: { kind: 'status', status: 500 } });
  expect((await resolve(stage, { upstream_id: stage.upstreamId })).status).toBe(503);
  expect(await booksOf(tenant.id)).toMatchObject({ states: { unconfirmed: 1, running: 1 } });
  expect(await auditOf(stage.jobId)).toEqual([]);
});

test('a job in flight is left alone; one that runs can only be given up', async ({ expect }) => {
  const stage = await unconfirmed();
  const { world, jobId, tenant } = stage;
  await env.DB.prepare("UPDATE jobs SET state = 'reserved' WHERE id = ?1").bind(jobId).run();
  expect((await resolve(stage, { outcome: 'refused' })).status).toBe(409);
  world.runcomfy.settings({ hold: 'in_progress' });
  world.clock.advance(5 * MINUTE);
  expect((await resolve(stage, { upstream_id: stage.upstreamId })).status).toBe(200);
  for (const verdict of [{ outcome: 'refused' }, { upstream_id: stage.upstreamId }]) {
    expect(await resolve(stage, verdict)).toMatchObject({
      status: 409,
      body: { detail: 'RunComfy runs the job, so the only outcome you may set is "lost".' },
    });
  }
  expect(await resolve(stage, { outcome: 'lost' })).toMatchObject({ status: 200, body: { state: 'lost' } });
  expect(await booksOf(tenant.id)).toMatchObject({ heldMicros: 0, ends: 1 });
});

test('the operator and the cron at once: one end', async ({ expect }) => {
  const stage = await unconfirmed();
  const { world, tenant, upstreamId } = stage;
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(10 * MINUTE);
  await Promise.all([
    ...Array.from({ length: 10 }, () => resolve(stage, { outcome: 'refused' })),
    ...Array.from({ length: 10 }, () => resolve(stage, { upstream_id: upstreamId })),
    ...Array.from({ length: 5 }, () => world.isolate().cron()),
  ]);
  await world.idle();
  expect(await booksOf(tenant.id)).toMatchObject({ holds: 1, ends: 1, heldMicros: 0 });
  expect(await differences(world, tenant.id)).toEqual([]);
});

test.for(['lost', 'refused'])('$0: the cron brings the job on meanwhile', async (outcome, { expect }) => {
  const { world, tenant, jobId, upstreamId } = await knownAtTheEdge();
  const slow = guardedKv(env.OWNERS, async (_call, run) => {
    await world.cron();
    return run();
  });
  const path = `/admin/jobs/${jobId}/resolve`;
  const reply = await world.isolate({ OWNERS: slow }).admin('POST', path, { outcome });
  expect(reply).toMatchObject({ status: 409, body: { code: 'conflict' } });
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  world.clock.advance(10 * MINUTE);
  await world.cron();
  expect(await booksOf(tenant.id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
});

test('the id that KV knows stands, whichever other one the operator found', async ({ expect }) => {
  const stage = await knownAtTheEdge();
  const { world, tenant, jobId, upstreamId } = stage;
  const other = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  await world.submit(other.token);
  await world.idle();
  const theirs = world.runcomfy.accepted().jobs[1]!.id;
  expect(await resolve(stage, { upstream_id: theirs })).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  const { body } = await world.admin('GET', `/admin/jobs/${jobId}`);
  expect(body).toMatchObject({ state: 'running', upstream_id: upstreamId });
  expect(await auditOf(jobId)).toMatchObject([
    {
      action: 'job.resolve',
      actor: 'ops',
      change: { upstream_id: theirs, known_upstream_id: upstreamId },
    },
  ]);
  world.runcomfy.finish(theirs, { as: 'succeeded' });
  expect((await world.isolate().result(tenant.token, jobId)).body.status).toBe('in_progress');
  expect(await booksOf(other.id)).toMatchObject({ states: { unconfirmed: 1 } });
});

test.for(['lost', 'refused'])(
  '$0 of a job that KV knows: 409, and the audit says that it goes on',
  async (outcome, { expect }) => {
    const stage = await knownAtTheEdge();
    const { upstreamId, jobId } = stage;
    expect((await resolve(stage, { outcome })).status).toBe(409);
    const change = { outcome, known_upstream_id: upstreamId };
    expect(await auditOf(jobId)).toMatchObject([{ action: 'job.resolve', actor: 'ops', change }]);
    // It has moved already: a second word moves nothing.
    expect((await resolve(stage, { outcome: 'refused' })).status).toBe(409);
    expect(await auditOf(jobId)).toHaveLength(1);
  },
);

test('a job that KV knows goes on when all of a time are resolved, and the audit says so', async ({
  expect,
}) => {
  const { world, jobId, upstreamId } = await knownAtTheEdge(Date.parse('2026-06-01T12:00:00Z'));
  await env.DB.prepare("UPDATE jobs SET state = 'unconfirmed' WHERE id = ?1").bind(jobId).run();
  const range = { from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' };
  const sent = { account: 'acct_env', ...range, outcome: 'lost' };
  const before = (await auditOf('acct_env')).length;
  const { body } = await world.admin('POST', '/admin/jobs/resolve', sent);
  expect(body).toEqual({ resolved: 0, has_more: false });
  const change = { ...sent, known_upstream_id: upstreamId };
  expect(await auditOf(jobId)).toMatchObject([{ action: 'job.resolve', actor: 'ops', change }]);
  expect(await auditOf('acct_env')).toHaveLength(before);
  expect((await world.admin('GET', `/admin/jobs/${jobId}`)).body.state).toBe('running');
});

test('the operator may send the id that KV holds', async ({ expect }) => {
  const stage = await knownAtTheEdge();
  const { upstreamId, jobId } = stage;
  const reply = await resolve(stage, { upstream_id: upstreamId });
  expect(reply).toMatchObject({ status: 200, body: { state: 'running', upstream_id: upstreamId } });
  expect(await auditOf(jobId)).toHaveLength(1);
});

test('all of an account and a time at once', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-05-01T00:00:00Z'));
  const ada = await world.tenant({ prepaid: true });
  await world.admin('POST', `/admin/customers/${ada.id}/credits`, { amount_usd: 10, note: 'start' });
  const bob = await world.tenant();
  // No breaker here: the outage goes on until ten submits are of unknown outcome.
  const isolate = world.isolate({ UNKNOWN_OUTCOMES: '1000' });
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' } });
  for (let minute = 0; minute < 10; minute += 1) {
    expect((await isolate.submit(minute % 2 === 0 ? ada.token : bob.token)).status).toBe(502);
    await world.idle();
    world.clock.advance(MINUTE);
  }
  const range = { from: '2026-05-01T00:02:00Z', to: '2026-05-01T00:08:00Z' };
  const body = { account: 'acct_env', ...range, outcome: 'refused' };
  expect((await world.admin('POST', '/admin/jobs/resolve', body)).body).toEqual({
    resolved: 6,
    has_more: false,
  });
  expect(await booksOf(ada.id)).toMatchObject({
    states: { refused: 3, unconfirmed: 2 },
    heldMicros: 500_000,
    balanceMicros: 10_000_000,
    requests: { day: 2, total: 2 },
  });
  expect(await booksOf(bob.id)).toMatchObject({
    states: { refused: 3, unconfirmed: 2 },
    heldMicros: 500_000,
  });
  expect(await differences(world)).toEqual([]);
  expect(await auditOf('acct_env')).toMatchObject([{ action: 'job.resolve', change: body }]);
  // Nothing is left of them, and other accounts have none.
  expect((await world.admin('POST', '/admin/jobs/resolve', body)).body.resolved).toBe(0);
  const other = { ...body, from: '2026-01-01T00:00:00Z', account: 'acct_other' };
  expect((await world.admin('POST', '/admin/jobs/resolve', other)).body.resolved).toBe(0);
  const rest = { ...body, from: '2026-04-30T00:00:00Z', to: '2027-01-01T00:00:00Z', outcome: 'lost' };
  expect((await world.admin('POST', '/admin/jobs/resolve', rest)).body.resolved).toBe(4);
  expect(await booksOf(ada.id)).toMatchObject({ heldMicros: 0, requests: { day: 2, total: 2 } });
  expect(await differences(world)).toEqual([]);
});

test('what is looked up in one month and resolved in the next belongs to the next', async ({ expect }) => {
  const world = createWorld(Date.parse('2025-05-31T23:00:00Z'));
  const { id, token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 2 });
  const first = await world.submit(token);
  await world.submit(token);
  await world.idle();
  world.clock.advance(60 * MINUTE - 1);
  const may = `/admin/usage?customer=${id}&from=2025-05-01T00:00:00Z&to=2025-06-01T00:00:00Z`;
  const reports: unknown[] = [];
  const slow = world.isolate({
    OWNERS: guardedKv(env.OWNERS, async (_call, run) => {
      world.clock.advance(1);
      reports.push((await world.admin('GET', may)).body.total);
      return run();
    }),
  });
  const range = { from: '2025-05-01T00:00:00Z', to: '2025-06-01T00:00:00Z' };
  await slow.admin('POST', `/admin/jobs/${first.body.request_id}/resolve`, { outcome: 'lost' });
  expect((await world.admin('GET', may)).body.total).toEqual(reports[0]);
  await slow.admin('POST', '/admin/jobs/resolve', { account: 'acct_env', ...range, outcome: 'lost' });
  expect((await world.admin('GET', may)).body.total).toEqual(reports[0]);
  expect(await booksOf(id)).toMatchObject({ states: { lost: 2 } });
});

test.for([
  {},
  { outcome: 'succeeded' },
  { outcome: 'refused', upstream_id: 'x' },
  { upstream_id: '../x' },
  { outcome: 'lost', surprise: 1 },
])('%j is no verdict', async (body, { expect }) => {
  const stage = await unconfirmed();
  expect(await resolve(stage, body)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  expect(await booksOf(stage.tenant.id)).toMatchObject({ states: { unconfirmed: 1 } });
});

test.for([
  { account: 'x', from: '2026-05-01T00:00:00Z', to: '2026-05-02T00:00:00Z', outcome: 'lost' },
  { account: 'acct_env', from: '2026-05-02T00:00:00Z', to: '2026-05-01T00:00:00Z', outcome: 'lost' },
  { account: 'acct_env', from: '2026-5-1', to: '2026-05-02T00:00:00Z', outcome: 'lost' },
  { account: 'acct_env', from: '2026-05-01T00:00:00Z', outcome: 'lost' },
])('%j is no range', async (body, { expect }) => {
  const world = createWorld();
  expect((await world.admin('POST', '/admin/jobs/resolve', body)).status).toBe(422);
});

test('a job that is not there is 404', async ({ expect }) => {
  const world = createWorld();
  for (const id of ['00000000-0000-4000-8000-000000000000', 'nonsense']) {
    const { status } = await world.admin('POST', `/admin/jobs/${id}/resolve`, { outcome: 'lost' });
    expect(status).toBe(404);
  }
});

test('an id with more behind it is another id', async ({ expect }) => {
  const { world, jobId } = await unconfirmed();
  const { status } = await world.admin('POST', `/admin/jobs/${jobId}%2Fx/resolve`, { outcome: 'lost' });
  expect(status).toBe(404);
  expect((await world.admin('GET', `/admin/jobs/${jobId}`)).body.state).toBe('unconfirmed');
});

test('jobs are found by their Idempotency-Key', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const headers = { 'Idempotency-Key': 'order 66' };
  const path = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
  const { body } = await world.call(path, { method: 'POST', token, body: { prompt: 'x' }, headers });
  await world.submit(token);
  const query = `customer=${id}&idempotency_key=${encodeURIComponent('order 66')}`;
  const found = await world.admin('GET', `/admin/jobs?${query}`);
  expect(found.body.items.map((job: { id: string }) => job.id)).toEqual([body.request_id]);
  expect((await world.admin('GET', '/admin/jobs?idempotency_key=none')).body.items).toEqual([]);
});
