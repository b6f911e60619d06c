// RunComfy takes a job once: a running job keeps its upstream id, and one that has ended stays ended.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { markRunning } from '../../../src/features/jobs/store.ts';
import { endJobs } from '../../../src/features/ledger/end-jobs.ts';
import { unpaid } from '../../../src/features/ledger/job-end.ts';
import { placeHold } from '../../../src/features/ledger/store.ts';
import type { JobId } from '../../../src/lib/ids.ts';
import { holdFor } from '../../support/hold-for.ts';
import { createWorld, type World } from '../../support/world.ts';

async function placed(world: World): Promise<JobId> {
  const job = holdFor(world, await world.tenant());
  await placeHold(env.DB, job);
  return job.jobId;
}

const take = (jobId: JobId, upstreamId: string) => markRunning(env.DB, { jobId, upstreamId, checkAtMs: 1 });

const stateOf = (id: JobId) =>
  env.DB.prepare('SELECT state, upstream_id FROM jobs WHERE id = ?1').bind(id).first();

test('a running job keeps the upstream id that it was taken under', async ({ expect }) => {
  const id = await placed(createWorld());
  expect([await take(id, 'u-first'), await take(id, 'u-second'), await take(id, 'u-first')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await stateOf(id)).toEqual({ state: 'running', upstream_id: 'u-first' });
});

test('a job that was given up before RunComfy’s answer came stays given up', async ({ expect }) => {
  const world = createWorld();
  const id = await placed(world);
  await endJobs(world.deps, [unpaid({ jobId: id, from: ['reserved'], state: 'lost' })]);
  expect(await take(id, 'u-late')).toBe(false);
  expect(await stateOf(id)).toEqual({ state: 'lost', upstream_id: null });
});
