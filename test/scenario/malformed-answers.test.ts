// G4, G9: whatever RunComfy writes into its answers, no call ends in a 500, no charge exceeds its hold, and the books add up.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { differences } from '../support/books.ts';
import { randomOf } from '../support/random.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, TEXT_TO_VIDEO, type Reply, type World } from '../support/world.ts';

const VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-0.0',
  '-1',
  '0.07',
  '1e-9',
  '1e308',
  '1e999',
  '12345678901234567890',
  '0.12345678901234567890',
  'NaN',
  '-Infinity',
  '""',
  '"0.07"',
  String.raw`"\ud800"`,
  String.raw`"a\u0000b"`,
  '"toString"',
  '[]',
  '[null]',
  '[[[1e999]]]',
  '{}',
  '{"constructor":{"prototype":1}}',
  '{"code":400002,"message":"No remaining balance"}',
  '"succeeded"',
  '"COMPLETED"',
  '"failed"',
  '"cancelled"',
  '"in_queue"',
  '"2026-02-30T25:61:61Z"',
  '"+010000-01-01T00:00:00Z"',
];
const MEMBERS = [
  'request_id',
  'status',
  'outcome',
  'cost',
  'output',
  'error',
  'error_code',
  'error_message',
  'detail',
  'queue_position',
  'input',
  'model_id',
  'created_at',
  'finished_at',
];
const STATUSES = [200, 200, 200, 200, 201, 202, 302, 400, 402, 404, 422, 429, 500];

/** The text of an answer: some members are there twice. */
function bodyOf(pick: <T>(list: readonly T[]) => T, about: string): string {
  const members = Array.from({ length: 8 }, () => `"${pick(MEMBERS)}":${pick(VALUES)}`);
  return `{${[...members, ...(pick([true, true, false]) ? [about] : [])].join(',')}}`;
}

test.for([1, 2])('answers out of random members, seed %i', async (seed, { expect }) => {
  const world = createWorld();
  const { pick } = randomOf(seed);
  const charge = pick(['cost', 'estimate'] as const);
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, {
    price: { usd: 0.1, unit: 'output', ...(charge === 'cost' ? { hold_factor: 2 } : {}) },
    charge,
  });
  const { id, token } = await world.tenant({ prepaid: false });
  const seen = new Set<number>();
  let submits = 0;
  const answers: string[] = [];
  tapUpstream(world, (_, request) => {
    const isSubmit = request.method === 'POST' && !request.url.endsWith('/cancel');
    submits += isSubmit ? 1 : 0;
    const about = isSubmit
      ? `"error_code":null,"request_id":"u-${submits}"`
      : `"error_code":null,"status":"succeeded"`;
    const text = bodyOf(pick, about);
    answers.push(text);
    return new Response(text, {
      status: pick(STATUSES),
      headers: { 'Retry-After': pick(['1e9', '-1', 'Thu', '99999999999999999999']) },
    });
  });
  await play(world, { token, pick, rounds: 15 }, ({ status }) => {
    expect(status, answers.slice(-3).join('\n')).not.toBe(500);
    seen.add(status);
  });
  world.clock.advance(8 * 86_400_000);
  for (let runs = 0; runs < 8; runs += 1) {
    await world.cron();
    world.clock.advance(3_600_000);
  }
  const row = await env.DB.prepare(
    `SELECT COUNT(*) AS jobs, COUNT(charge_micros) AS settled, MAX(charge_micros - hold_micros) AS beyond FROM jobs WHERE customer_id = ?1`,
  )
    .bind(id)
    .first<{ jobs: number; settled: number; beyond: number }>();
  expect(row!.settled).toBe(row!.jobs);
  expect(row!.beyond).toBeLessThanOrEqual(0);
  expect(await differences(world)).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining([200, 404, 502]));
});

type Play = { token: string; pick: <T>(list: readonly T[]) => T; rounds: number };

async function play(world: World, { token, pick, rounds }: Play, see: (reply: Reply) => void): Promise<void> {
  const ids: string[] = [];
  const cold = world.isolate();
  for (let round = 0; round < rounds; round += 1) {
    const submitted = await world.submit(token);
    see(submitted);
    if (submitted.body.request_id !== undefined) {
      ids.push(submitted.body.request_id);
    }
    const isolate = pick([world, cold, world.isolate()]);
    const jobId = pick([...ids, 'none']);
    const path = `/v1/requests/${jobId}/result?include_cost=true`;
    see(await isolate.status(token, jobId));
    see(await isolate.call(path, { token }));
    see(await pick([world, cold]).call(path, { token }));
    if (pick([true, false, false])) {
      see(await isolate.cancel(token, jobId));
    }
    see(await world.call(`/v1/requests/${jobId}`, { token }));
    see(await world.admin('GET', `/admin/jobs/${jobId}`));
    await world.idle();
    world.clock.advance(pick([1_000, 60_000, 700_000]));
    await world.cron();
  }
}
