// A Worker that is newer than its database: the operator reads what to do, in answers and in the log; customers read
// that the storage does not answer.

import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { runTrigger } from '../../src/cron.ts';
import { newKeyText } from '../../src/features/keys/key.ts';
import { SCHEDULES } from '../../src/schedules.ts';
import { expectRefusal } from '../support/problem.ts';
import { createWorld } from '../support/world.ts';

const UNAVAILABLE = { status: 503, code: 'storage_unavailable', errorCode: 500001 };
const TO_THE_OPERATOR = /^The database is older than this gateway: run npm run migrate\.$/;
const TO_CUSTOMERS = /^The storage did not answer[^:]*\.$/;

test('without any table', async ({ expect }) => {
  const world = createWorld();
  const gate = world.isolate({ DB: env.OLD_DB });
  expectRefusal(expect, await gate.admin('GET', '/admin/customers'), {
    ...UNAVAILABLE,
    detail: TO_THE_OPERATOR,
  });
  expectRefusal(expect, await gate.call('/v1/models', { token: newKeyText('secret') }), {
    ...UNAVAILABLE,
    detail: TO_CUSTOMERS,
  });
  const missing = world.logs.filter(({ event }) => event === 'migration_missing');
  expect(missing.map(({ level, reason }) => ({ level, reason }))).toEqual([
    { level: 'error', reason: expect.stringMatching(/no such table: customers.*; run npm run migrate$/) },
    { level: 'error', reason: expect.stringMatching(/no such table: keys.*; run npm run migrate$/) },
  ]);
});

test('the cron says so too, and fails for the platform to see', async ({ expect }) => {
  const world = createWorld();
  const { deps } = world.isolate({ DB: env.OLD_DB });
  for (const schedule of Object.values(SCHEDULES)) {
    await expect(runTrigger(deps, schedule)).rejects.toThrow('no such table');
  }
  const reason = expect.stringMatching(/no such table.*; run npm run migrate$/);
  expect(world.logs).toMatchObject([
    { level: 'error', event: 'cron_failed', reason },
    { level: 'error', event: 'cron_failed', reason },
  ]);
});

test('without a column that is written or read', async ({ expect }) => {
  await applyD1Migrations(env.OLD_DB, env.MIGRATIONS);
  await env.OLD_DB.exec('DROP INDEX jobs_by_trace; ALTER TABLE jobs DROP COLUMN trace_id');
  const world = createWorld();
  const gate = world.isolate({ DB: env.OLD_DB });
  const { id } = (await gate.admin('POST', '/admin/customers', { name: 'Ada' })).body;
  const { id: keyId, key } = (await gate.admin('POST', `/admin/customers/${id}/keys`, { name: 'server' }))
    .body;

  expectRefusal(expect, await gate.submit(key), { ...UNAVAILABLE, detail: TO_CUSTOMERS });
  expect(world.logs.find(({ event }) => event === 'gate_unknown')).toMatchObject({
    level: 'error',
    reason: expect.stringMatching(/has no column named trace_id.*; run npm run migrate$/),
  });
  expect(world.runcomfy.accepted().count).toBe(0);

  const jobId = crypto.randomUUID();
  await env.OLD_DB.prepare(
    `INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, unit_micros, hold_micros,
       created_at_ms, check_at_ms)
     VALUES (?1, ?2, ?3, ?3, 'acme/model', 'acct_env', 'running', 0, 0, 0, 0)`,
  )
    .bind(jobId, id, keyId)
    .run();
  expectRefusal(expect, await gate.admin('GET', `/admin/jobs/${jobId}`), {
    ...UNAVAILABLE,
    detail: TO_THE_OPERATOR,
  });
  expect(world.logs.at(-2)).toMatchObject({
    event: 'migration_missing',
    reason: 'no such column: trace_id; run npm run migrate',
  });

  await expect(runTrigger(gate.deps, SCHEDULES.jobs)).rejects.toThrow('no such column: trace_id');
});
