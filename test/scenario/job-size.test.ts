// How much a job leaves in D1 and KV, indexes and ledger included. bench/storage.json holds it, and docs/cost.md is
// computed from that.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import storage from '../../bench/storage.json';
import { createWorld } from '../support/world.ts';

/** The file has what 4,000 jobs came to; so few are within a twentieth of it. */
const JOBS = 500;
const AT_ONCE = 20;

async function sizeOfDatabase(): Promise<number> {
  const { meta } = await env.DB.prepare('SELECT 1').run();
  return meta.size_after;
}

/** A difference from the file that requires a change of the file. */
function differences(measured: typeof storage): string[] {
  const within = { bytesPerJob: 0.1, resultBytes: 0.02, kvBytesPerJob: 0.02 };
  return (Object.keys(within) as (keyof typeof within)[])
    .filter((figure) => Math.abs(measured[figure] / storage[figure] - 1) > within[figure])
    .map((figure) => `bench/storage.json: ${figure} was ${storage[figure]} and is ${measured[figure]} now`);
}

test('a settled job leaves as many bytes in D1 and KV as bench/storage.json says', async ({ task }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const playJob = async () => {
    const { body } = await world.submit(token);
    world.runcomfy.finish(await upstreamIdOf(body.request_id), { as: 'succeeded' });
    await world.result(token, body.request_id);
  };
  await playJob();
  await world.idle();
  const before = await sizeOfDatabase();
  for (let played = 0; played < JOBS; played += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, playJob));
    await world.idle();
  }
  const after = await sizeOfDatabase();
  const settled = await env.DB.prepare(
    `SELECT COUNT(*) AS jobs, AVG(LENGTH(result)) AS result FROM jobs WHERE settled_at_ms IS NOT NULL`,
  ).first<{ jobs: number; result: number }>();
  const { keys } = await env.OWNERS.list({ limit: 1 });
  const key = keys[0]!.name;
  const measured = {
    bytesPerJob: Math.round((after - before) / JOBS),
    resultBytes: Math.round(settled!.result),
    kvBytesPerJob: key.length + (await env.OWNERS.get(key))!.length,
  };
  Object.assign(task.meta, { measured });
  const wrong = settled!.jobs === JOBS + 1 ? differences(measured) : [`${settled!.jobs} jobs were settled`];
  if (wrong.length > 0) {
    throw new Error(wrong.join('\n'));
  }
});

/** D1 has it once the submit is answered; KV a little later. */
async function upstreamIdOf(id: string): Promise<string> {
  const row = await env.DB.prepare('SELECT upstream_id FROM jobs WHERE id = ?1').bind(id).first<any>();
  return row.upstream_id;
}
