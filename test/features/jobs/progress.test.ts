// The writes of the cron in sets do not touch jobs that have changed since it read them.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { markAccepted, noteOpen, type Open } from '../../../src/features/jobs/progress-store.ts';
import { isJobId, type JobId } from '../../../src/lib/ids.ts';
import { insertRunning, type OpenJob } from '../../support/open-jobs.ts';
import { createWorld } from '../../support/world.ts';

const MINUTE = 60_000;

function idOf({ id }: OpenJob): JobId {
  if (!isJobId(id)) {
    throw new Error(`${id} is no job's`);
  }
  return id;
}

async function openJobs(count: number): Promise<OpenJob[]> {
  const world = createWorld();
  const tenant = await world.tenant();
  return insertRunning([tenant], count, { createdAtMs: 0, checkAtMs: 5 * MINUTE });
}

async function rowsOf(jobs: OpenJob[]): Promise<any[]> {
  const { results } = await env.DB.prepare(
    'SELECT j.* FROM json_each(?1) e JOIN jobs j ON j.id = e.value ORDER BY e.key',
  )
    .bind(JSON.stringify(jobs.map(({ id }) => id)))
    .all();
  return results;
}

test('a job whose check somebody else has moved is not put off, and no 404 of it counts', async ({
  expect,
}) => {
  const jobs = await openJobs(4);
  const [, polled, ended] = jobs;
  await env.DB.prepare('UPDATE jobs SET check_at_ms = check_at_ms + 1 WHERE id = ?1').bind(polled!.id).run();
  await env.DB.prepare(
    "UPDATE jobs SET state = 'failed', ended_at_ms = 1, settled_at_ms = 1, charge_micros = 0, check_at_ms = NULL WHERE id = ?1",
  )
    .bind(ended!.id)
    .run();
  const open = jobs.map((job, index): Open => ({
    jobId: idOf(job),
    claimedMs: 5 * MINUTE,
    nextCheckMs: 9 * MINUTE,
    missing: index === 3 ? 'never' : 'again',
    atMs: MINUTE,
  }));
  await noteOpen(env.DB, open);
  // A batch that is repeated counts once.
  await noteOpen(env.DB, open);
  const rows = await rowsOf(jobs);
  expect(rows.map((row) => [row.check_at_ms, row.missing, row.missing_since_ms])).toEqual([
    [9 * MINUTE, 1, MINUTE],
    [5 * MINUTE + 1, 0, null],
    [null, 0, null],
    [9 * MINUTE, 0, null],
  ]);
});

test('what KV knows to be accepted is noted once, of jobs that wait for it, and each upstream id for one job', async ({
  expect,
}) => {
  const jobs = await openJobs(5);
  const [first, twin, taken, running, holder] = jobs;
  await env.DB.prepare(
    `UPDATE jobs SET state = 'unconfirmed', upstream_id = NULL WHERE id IN (SELECT value FROM json_each(?1))`,
  )
    .bind(JSON.stringify([first!.id, twin!.id, taken!.id]))
    .run();
  const accepted = [
    [first, 'up-new'],
    [twin, 'up-new'],
    [taken, holder!.upstreamId],
    [running, 'up-other'],
  ] as const;
  const marked = await markAccepted(
    env.DB,
    accepted.map(([job, upstreamId]) => ({ jobId: idOf(job!), accountId: 'acct_env', upstreamId })),
  );
  const winner = [first!.id, twin!.id].toSorted()[0];
  expect([...marked]).toEqual([winner]);
  const rows = await rowsOf(jobs);
  expect(rows.filter(({ upstream_id }) => upstream_id === 'up-new').map(({ id }) => id)).toEqual([winner]);
  expect(rows.map(({ state }) => String(state)).toSorted(byText)).toEqual([
    'running',
    'running',
    'running',
    'unconfirmed',
    'unconfirmed',
  ]);
  expect(rows[3].upstream_id).toBe(running!.upstreamId);
});

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
