// G5: what KV knows of a job that RunComfy never got or refused gives its hold back once D1 is there again.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { writeEndMark, type EndMark } from '../../src/features/jobs/end-mark.ts';
import { booksOf, differences } from '../support/books.ts';
import { fragileIsolate } from '../support/fragile.ts';
import { failingKv } from '../support/stores.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A reservation whose isolate died before it sent anything, six minutes old. */
async function staleReservation(world: World, token: string, customer: string): Promise<string> {
  const doomed = fragileIsolate(world, { ask: ({ what }) => (what === 'upstream' ? 'die before' : 'none') });
  await doomed.call(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'POST',
    token,
    body: PROMPT,
    headers: { 'Idempotency-Key': 'k' },
  });
  await world.idle();
  world.clock.advance(6 * MINUTE);
  const row = await env.DB.prepare('SELECT id FROM jobs WHERE customer_id = ?1').bind(customer).first('id');
  return String(row);
}

const writeMark = ({ deps }: World, job: any, end: EndMark['end'] = 'unsent') =>
  writeEndMark(deps, job, { end, reason: 'storage_unavailable' });

const writeCopy = (job: string, upstream: string) =>
  env.OWNERS.put(`job:${job}`, JSON.stringify({ upstream }));

test.for(['unsent', 'refused'] as const)(
  'the cron gives a stale reservation marked %s back',
  async (end, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    const job = await staleReservation(world, token, id);
    expect(await booksOf(id)).toMatchObject({ states: { reserved: 1 }, heldMicros: 250_000 });
    await writeMark(world, job, end);
    await world.cron();
    expect(await booksOf(id)).toMatchObject({
      states: { refused: 1 },
      heldMicros: 0,
      balanceMicros: 0,
      requests: { day: 0 },
    });
    expect(await differences(world, id)).toEqual([]);
    expect(world.logs).toContainEqual(
      expect.objectContaining({ event: 'job_refused', job, outcome: end, reason: 'storage_unavailable' }),
    );
  },
);

test('a mark that comes late gives an unconfirmed job back', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await staleReservation(world, token, id);
  await world.cron();
  expect((await booksOf(id)).states).toEqual({ unconfirmed: 1 });
  await writeMark(world, job);
  world.clock.advance(10 * MINUTE);
  await world.cron();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
});

test('an owner copy outranks a mark', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await staleReservation(world, token, id);
  await writeMark(world, job);
  await writeCopy(job, 'upstream-1');
  await world.cron();
  expect((await booksOf(id)).states).toEqual({ running: 1 });
});

test.for(['job:', 'end:'])(
  'where KV does not answer for %s, the cron decides nothing',
  async (prefix, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    await staleReservation(world, token, id);
    const { kv, reads } = failingKv(env.OWNERS);
    const blind = world.isolate({
      OWNERS: new Proxy(kv, {
        get: (target, name) => (key: string, options: 'json') => {
          reads.failure = key.startsWith(prefix) ? 'before' : 'none';
          return Reflect.get(target, name)(key, options);
        },
      }),
    });
    await blind.cron();
    expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 }, heldMicros: 250_000 });
    await world.cron();
    world.clock.advance(10 * MINUTE);
    await world.cron();
    expect((await booksOf(id)).states).toEqual({ unconfirmed: 1 });
    world.clock.advance(25 * HOUR);
    await blind.cron();
    expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 }, heldMicros: 250_000 });
  },
);

test('a value that is no mark decides nothing', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const job = await staleReservation(world, token, id);
  await env.OWNERS.put(`end:${job}`, '{"end":"sent","reason":"x"}');
  await world.cron();
  expect((await booksOf(id)).states).toEqual({ unconfirmed: 1 });
});
