// GET /admin/metrics: what a monitor keeps, in Prometheus's text format.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { addAccount, resetAccounts } from '../../support/accounts.ts';
import { createWorld, READ_TOKEN, type Isolate } from '../../support/world.ts';

async function samplesOf(world: Isolate): Promise<Record<string, number>> {
  const { status, headers, body } = await world.call('/admin/metrics', { token: READ_TOKEN });
  if (status !== 200 || headers.get('content-type') !== 'text/plain; version=0.0.4; charset=utf-8') {
    throw new Error(`${status} ${headers.get('content-type')}`);
  }
  const lines = String(body)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

test('jobs by end, open holds, money, balance and the cron, at most 15 seconds old', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await world.cron();
  await world.submit(token);
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  await world.idle();
  world.clock.advance(60_000);
  world.runcomfy.settings({ hold: null });
  const first = await samplesOf(world);
  expect(first).toMatchObject({
    comfygate_failing: 0,
    'comfygate_open_jobs{state="running"}': 2,
    'comfygate_open_holds_usd{state="running"}': 0.5,
    'comfygate_account_open{account="acct_env"}': 1,
    'comfygate_account_balance_usd{account="acct_env"}': 100_000,
    'comfygate_jobs_ended_total{end="succeeded"}': 0,
    comfygate_charged_usd_total: 0,
    comfygate_cron_lag_seconds: 60,
    comfygate_cron_jobs_left: 0,
  });
  await env.DB.prepare('UPDATE jobs SET check_at_ms = ?1 WHERE check_at_ms IS NOT NULL')
    .bind(world.clock.now())
    .run();
  await world.cron();
  await world.idle();
  expect(await samplesOf(world)).toEqual(first);
  world.clock.advance(15_000);
  const later = await samplesOf(world);
  expect(later).toMatchObject({
    'comfygate_jobs_ended_total{end="succeeded"}': 2,
    comfygate_charged_usd_total: 0.5,
    comfygate_cron_lag_seconds: 15,
  });
  expect(later).not.toHaveProperty(['comfygate_open_jobs{state="running"}']);
  // The next day begins at nothing.
  world.clock.advance(24 * 3_600_000);
  expect(await samplesOf(world)).toMatchObject({
    comfygate_failing: 1,
    'comfygate_concerns{code="cron_silent"}': 1,
    'comfygate_jobs_ended_total{end="succeeded"}': 0,
  });
});

const open = async (isolate: Isolate) =>
  Object.fromEntries(
    Object.entries(await samplesOf(isolate)).filter(([name]) => name.startsWith('comfygate_account_open')),
  );

const nameOf = (account: string) => `comfygate_account_open{account="${account}"}`;

test('an account is open while it takes jobs; one that is not in use is none to wait for', async ({
  expect,
}) => {
  await resetAccounts();
  const world = createWorld();
  const { id } = await addAccount(world);
  const full = await addAccount(world, { limits: { max_concurrent: 0 } });
  await addAccount(world, { status: 'disabled' });
  await addAccount(world, { status: 'draining' });
  expect(await open(world.isolate())).toEqual({
    [nameOf('acct_env')]: 1,
    [nameOf(id)]: 1,
    [nameOf(full.id)]: 0,
  });
  // No token of the environment, and another key than the one that sealed the rest.
  const isolate = world.isolate({ RUNCOMFY_TOKEN: undefined, VAULT_KEY: btoa('x'.repeat(32)) });
  expect(await open(isolate)).toEqual({ [nameOf(id)]: 0, [nameOf(full.id)]: 0 });
  await resetAccounts();
});

test('every metric has its help and its type, once', async ({ expect }) => {
  const { body } = await createWorld().call('/admin/metrics', { token: READ_TOKEN });
  const lines = String(body).split('\n');
  const helped = lines.filter((line) => line.startsWith('# HELP ')).map((line) => line.split(' ')[2]);
  const typed = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
  expect(helped).toEqual(typed);
  expect(new Set(helped).size).toBe(helped.length);
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
    expect(line).toMatch(/^comfygate_\w+(\{\w+="[^"]*"\})? -?\d+(\.\d+)?$/);
    expect(helped).toContain(/^\w+/.exec(line)![0]);
  }
});
