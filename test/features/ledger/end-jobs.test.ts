// G4: the end that is applied first stands. What a later one says of the same job changes nothing of it.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { markRunning } from '../../../src/features/jobs/store.ts';
import { releaseRefused } from '../../../src/features/ledger/close-unpaid.ts';
import { endJobs } from '../../../src/features/ledger/end-jobs.ts';
import { unpaid, type JobEnd } from '../../../src/features/ledger/job-end.ts';
import { placeHold } from '../../../src/features/ledger/store.ts';
import type { JobId } from '../../../src/lib/ids.ts';
import { microsOf } from '../../../src/lib/money.ts';
import { booksOf, differences } from '../../support/books.ts';
import { holdFor } from '../../support/hold-for.ts';
import { createWorld, type Tenant, type World } from '../../support/world.ts';

async function placed(world: World, tenant: Tenant, fields: object = {}): Promise<JobId> {
  const job = holdFor(world, tenant, fields);
  await placeHold(env.DB, job);
  return job.jobId;
}

async function rowOf(id: JobId): Promise<Record<string, unknown> | null> {
  return env.DB.prepare('SELECT * FROM jobs WHERE id = ?1').bind(id).first();
}

const success = (jobId: JobId, fields: Partial<JobEnd>): JobEnd => ({
  ...unpaid({ jobId, from: ['reserved', 'running', 'succeeded'], state: 'succeeded' }),
  ...fields,
});

const charged = (id: JobId, micros: number) => success(id, { chargeMicros: microsOf(micros) });

test('an end that waits for its charge keeps its instant, its word, its result and its upstream id', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const id = await placed(world, tenant);
  const endedAtMs = world.clock.now();
  const first = { upstreamId: 'u-1', successWord: 'completed', result: '{"state":"succeeded"}' } as const;
  await endJobs(world.deps, [success(id, { ...first, chargeMicros: null, checkAtMs: endedAtMs })]);
  world.clock.advance(60_000);
  const later = { upstreamId: 'u-2', successWord: 'succeeded', result: '{}' } as const;
  const ended = await endJobs(world.deps, [success(id, { ...later, chargeMicros: microsOf(60) })]);
  expect(ended.has(id)).toBe(true);
  expect(await rowOf(id)).toMatchObject({
    upstream_id: 'u-1',
    success_word: 'completed',
    result: '{"state":"succeeded"}',
    charge_micros: 60,
    ended_at_ms: endedAtMs,
    settled_at_ms: endedAtMs + 60_000,
  });
});

test('a success that is settled is not settled again, and the other ends of the list are booked', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const [settled, open] = [await placed(world, tenant), await placed(world, tenant)];
  await endJobs(world.deps, [charged(settled, 60)]);
  expect(await endJobs(world.deps, [charged(settled, 90), charged(open, 30)])).toEqual(new Set([open]));
  expect(await booksOf(tenant.id)).toMatchObject({ ends: 2, heldMicros: 0, balanceMicros: -90 });
  expect(await differences(world, tenant.id)).toEqual([]);
});

test('a running job that is given up as lost keeps its upstream id', async ({ expect }) => {
  const world = createWorld();
  const id = await placed(world, await world.tenant());
  await markRunning(env.DB, { jobId: id, upstreamId: 'u-lost', checkAtMs: world.clock.now() });
  await endJobs(world.deps, [unpaid({ jobId: id, from: ['running'], state: 'lost' })]);
  expect(await rowOf(id)).toMatchObject({ state: 'lost', upstream_id: 'u-lost' });
});

test('a refusal gives its request back to its own ten seconds, not to those that follow in their place', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant({ limits: { requests_per_minute: 2 } });
  const early = await placed(world, tenant);
  // The place of the ring comes round again.
  world.clock.advance(80_000);
  await placed(world, tenant);
  await placed(world, tenant);
  expect(await releaseRefused(world.deps, early)).toBe(true);
  const { standing } = await placeHold(env.DB, holdFor(world, tenant));
  expect(standing.admitted).toBe(0);
});
