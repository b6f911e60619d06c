// GET /admin/health: everything an operator has to act on is in `concerns`, and nothing else is.

import { test } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function healthOf(world: World): Promise<any> {
  const { status, body } = await world.admin('GET', '/admin/health');
  if (status !== 200) {
    throw new Error(`health is ${status}`);
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
  expect(codesOf(await healthOf(world))).toEqual(['submits_off']);
  await world.admin('PATCH', '/admin/settings', { submits: 'on' });

  // Nobody runs the cron: it is silent, then behind, and the balance grows old.
  world.clock.advance(5 * MINUTE + 1);
  expect(codesOf(await healthOf(world))).toEqual(['cron_silent']);
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
  expect(unsure.concerns[0].detail).toMatch(/took 1 job\..*\/admin\/jobs\/\{id\}\/resolve/);
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

test('the last day’s margin, with the operator’s losses in it', async ({ expect }) => {
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
  expect((await healthOf(world)).last_24_hours).toEqual(day);
  world.clock.advance(24 * HOUR + 1);
  expect((await healthOf(world)).last_24_hours).toMatchObject({ jobs: 0, margin_usd: 0 });
});

test('wrong settings are named', async ({ expect }) => {
  const world = createWorld();
  const { body } = await world.isolate({ RUNCOMFY_TOKEN: 'short' }).admin('GET', '/admin/health');
  expect(body.concerns).toContainEqual({
    code: 'setting_wrong',
    detail: expect.stringMatching(/^RUNCOMFY_TOKEN/),
  });
});
