// GET /admin/health: everything an operator has to act on is in `concerns`, and nothing else is.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { insertRunning } from '../../support/open-jobs.ts';
import { failingDb } from '../../support/stores.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function healthOf(world: World): Promise<any> {
  const { status, body } = await world.admin('GET', '/admin/health');
  if (status !== (body.status === 'failing' ? 503 : 200)) {
    throw new Error(`health is ${status} and ${body.status}`);
  }
  return body;
}

const codesOf = (health: any): string[] => health.concerns.map(({ code }: { code: string }) => code);

test('nothing to do, then one thing after another', async ({ expect }) => {
  const world = createWorld();
  await world.cron();
  const { token } = await world.tenant();
  expect(await healthOf(world)).toMatchObject({
    status: 'ok',
    concerns: [],
    submits: 'on',
    cron_ran_at: '2026-03-05T12:00:00.000Z',
    open_jobs: [],
    accounts: [{ id: 'acct_env', state: 'ok', since: null, balance_usd: 100_000 }],
  });

  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  await world.idle();
  expect(await healthOf(world)).toMatchObject({
    status: 'ok',
    open_jobs: [{ state: 'running', jobs: 1, held_usd: 0.25, oldest: '2026-03-05T12:00:00.000Z' }],
  });

  await world.admin('PATCH', '/admin/settings', { submits: 'off' });
  expect(await healthOf(world)).toMatchObject({ status: 'attention', concerns: [{ code: 'submits_off' }] });
  await world.admin('PATCH', '/admin/settings', { submits: 'on' });

  // The cron does not run: it is silent, then behind, and the balance gets old.
  world.clock.advance(5 * MINUTE + 1);
  expect(await healthOf(world)).toMatchObject({ status: 'failing', concerns: [{ code: 'cron_silent' }] });
  world.clock.advance(2 * MINUTE);
  expect(codesOf(await healthOf(world))).toEqual(['cron_silent', 'cron_behind']);
  world.clock.advance(3 * HOUR);
  expect(codesOf(await healthOf(world))).toEqual(['balance_unknown', 'cron_silent', 'cron_behind']);
  await world.cron();
  expect((await healthOf(world)).status).toBe('ok');

  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
  const { body } = await world.submit(token);
  await world.idle();
  const unsure = await healthOf(world);
  expect(codesOf(unsure)).toEqual(['jobs_unconfirmed']);
  expect(unsure.concerns[0].detail).toMatch(/accepted 1 job\..*\/admin\/jobs\/\{id\}\/resolve/);
  await world.admin('POST', `/admin/jobs/${body.request_id}/resolve`, { outcome: 'lost' });
  const lost = await healthOf(world);
  expect(codesOf(lost)).toEqual(['jobs_lost']);
  expect(lost.losses).toMatchObject({ days: 30, lost_jobs: 1, possible_usd: 0.25 });
  // A day later it is history, and still among the losses.
  world.clock.advance(24 * HOUR + 1);
  await world.cron();
  const later = await healthOf(world);
  expect([codesOf(later), later.losses.lost_jobs]).toEqual([[], 1]);
});

test('a cron that is behind: since when, what the last run left, and what to do about it', async ({
  expect,
}) => {
  const world = createWorld();
  const { clock } = world;
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
  const dueMs = clock.now() - 7 * MINUTE;
  await insertRunning([await world.tenant()], 40, { createdAtMs: dueMs - HOUR, checkAtMs: dueMs });
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.cron();
  const health = await healthOf(world);
  expect(health).toMatchObject({
    cron_left_jobs: 24,
    cron_used_up: 'cpu',
    oldest_due: new Date(dueMs).toISOString(),
  });
  const concern = async () => {
    const { concerns } = await healthOf(world);
    return concerns.find(({ code }: { code: string }) => code === 'cron_behind').detail;
  };
  expect(await concern()).toBe(
    'The cron is behind: a job is due for 7 minutes. Its last run left 24 jobs. A run is bounded by the free plan of ' +
      'Cloudflare: take the paid one and set PLAN to paid.',
  );
  const paid = world.isolate({ PLAN: 'paid' });
  const detail = async () => {
    const { body } = await paid.admin('GET', '/admin/health');
    return body.concerns.find(({ code }: { code: string }) => code === 'cron_behind').detail;
  };
  await env.DB.prepare("UPDATE cron SET used_up = 'time'").run();
  expect(await detail()).toContain('look at the status of RunComfy');
  await env.DB.prepare("UPDATE cron SET used_up = 'queries'").run();
  expect(await detail()).toContain('a limit of requests_per_minute');
  await env.DB.prepare('UPDATE cron SET used_up = NULL, jobs_left = 0').run();
  expect(await detail()).toContain('reconcile_failed');
  // One run handles all of them, and the concerns are gone.
  await paid.cron();
  expect(await healthOf(world)).toMatchObject({ cron_left_jobs: 0, cron_used_up: null, oldest_due: null });
  expect(codesOf(await healthOf(world))).not.toContain('cron_behind');
});

test('a late cost that nobody asks for is behind as well', async ({ expect }) => {
  const world = createWorld();
  await world.cron();
  const dueMs = world.clock.now() - 6 * MINUTE;
  const [job] = await insertRunning([await world.tenant()], 1, {
    createdAtMs: dueMs - HOUR,
    checkAtMs: dueMs,
  });
  await env.DB.prepare(
    "UPDATE jobs SET state = 'succeeded', charge_micros = 0, ended_at_ms = ?2, settled_at_ms = ?2 WHERE id = ?1",
  )
    .bind(job!.id, dueMs)
    .run();
  const health = await healthOf(world);
  expect(health.oldest_due).toBe(new Date(dueMs).toISOString());
  expect(codesOf(health)).toContain('cron_behind');
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL WHERE id = ?1').bind(job!.id).run();
});

test('the margin since midnight, with the operator’s losses in it', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-07-01T12:00:00Z'));
  const { token } = await world.tenant({ markup: 2 });
  const ends = [
    { as: 'succeeded', cost_usd: 0.2 },
    { as: 'succeeded', cost_usd: 0.9 },
    { as: 'failed', cost_usd: 0.1 },
  ] as const;
  world.runcomfy.settings({ hold: 'in_progress' });
  for (const [index, end] of ends.entries()) {
    const { body } = await world.submit(token);
    world.runcomfy.finish(world.runcomfy.accepted().jobs[index]!.id, end);
    await world.result(token, body.request_id);
    await world.idle();
  }
  const day = { jobs: 3, charged_usd: 1, cost_usd: 1.2, loss_usd: 0.5, margin_usd: -0.2 };
  expect((await healthOf(world)).today).toEqual(day);
  world.clock.advance(12 * HOUR);
  expect((await healthOf(world)).today).toMatchObject({ jobs: 0, margin_usd: 0 });
});

test('wrong settings are named', async ({ expect }) => {
  const world = createWorld();
  const { body } = await world.isolate({ RUNCOMFY_TOKEN: 'short' }).admin('GET', '/admin/health');
  expect(body.concerns).toContainEqual({
    code: 'setting_wrong',
    detail: expect.stringMatching(/^RUNCOMFY_TOKEN/),
  });
});

test('how long the submits of a day took until RunComfy had taken them', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-08-01T12:00:00Z'));
  const { token } = await world.tenant();
  expect((await healthOf(world)).submit_latency).toEqual({ submits: 0, p50_ms: null, p95_ms: null });
  let tookMs = 0;
  tapUpstream(world, async (response, request) => {
    world.clock.advance(request.method === 'POST' ? tookMs : 0);
    return response;
  });
  for (const ms of [...Array.from({ length: 9 }, () => 123), 6_789]) {
    tookMs = ms;
    expect((await world.submit(token)).status).toBe(200);
    await world.idle();
  }
  // A submit that RunComfy refuses, and one that is replayed, are none of them.
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  await world.submit(token);
  const once = { method: 'POST', token, body: PROMPT, headers: { 'Idempotency-Key': 'one' } };
  tookMs = 123;
  await world.call(`/v1/models/${TEXT_TO_VIDEO}`, once);
  await world.call(`/v1/models/${TEXT_TO_VIDEO}`, once);
  await world.idle();
  expect((await healthOf(world)).submit_latency).toEqual({ submits: 11, p50_ms: 100, p95_ms: 6_500 });
  const { body: metrics } = await world.admin('GET', '/admin/metrics');
  expect(metrics).toContain('comfygate_submit_seconds{quantile="0.5"} 0.1\n');
  expect(metrics).toContain('comfygate_submit_seconds{quantile="0.95"} 6.5\n');
  world.clock.advance(12 * HOUR);
  expect((await healthOf(world)).submit_latency).toEqual({ submits: 0, p50_ms: null, p95_ms: null });
});

test.for(['before', 'after'] as const)(
  'an acceptance whose batch fails %s it is applied is one submit of the histogram',
  async (failure, { expect }) => {
    const world = createWorld(Date.parse(failure === 'before' ? '2026-08-03' : '2026-08-04'));
    const { token } = await world.tenant();
    const { db, calls } = failingDb(env.DB);
    calls.match = "SET state = 'running'";
    let failures = 1;
    calls.decide = () => (failures-- > 0 ? failure : 'none');
    expect((await world.isolate({ DB: db }).submit(token)).status).toBe(200);
    await world.idle();
    expect(calls.calls).toBeGreaterThan(1);
    expect((await healthOf(world)).submit_latency.submits).toBe(1);
  },
);
