// G3, G5, G9: what a submit knows to be unsent or refused outlives an outage of D1. KV keeps the word for the cron and
// for a retry, and the answer waits until either store has it.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { slowIsolate, type Fate, type Slow } from '../support/slow-stores.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Isolate, type World } from '../support/world.ts';

const MINUTE = 60_000;

// What another test left open is not this one's to follow.
beforeEach(() => env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run());

const post = (isolate: Isolate, token: string, body: unknown = PROMPT) =>
  isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, {
    method: 'POST',
    token,
    body,
    headers: { 'Idempotency-Key': 'k' },
  });

const refuse = ({ runcomfy }: World) =>
  runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });

const releases = (text: string) => text.includes("'end', CASE");

/** D1 is gone from the POST on; `kv` is how KV takes the mark. */
function goneAfterPost(world: World, kv: Fate = 'none'): Slow {
  let isSent = false;
  return slowIsolate(world, ({ what }) => {
    isSent ||= what === 'upstream';
    return what === 'D1' && isSent ? 'before' : what === 'KV put' ? kv : 'none';
  });
}

const markOf = async (customer: string) => {
  const { id } = (await env.DB.prepare('SELECT id FROM jobs WHERE customer_id = ?1').bind(customer).first())!;
  return env.OWNERS.get(`end:${String(id)}`, 'json');
};

test('RunComfy refuses while D1 is gone: the retry is sent, and nothing is held', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const isolate = goneAfterPost(world);
  refuse(world);
  expect(await isolate.wait(post(isolate, token))).toMatchObject({
    status: 422,
    body: { code: 'invalid_input' },
  });
  expect(await markOf(id)).toEqual({ end: 'refused', reason: 'invalid_input' });
  await isolate.wait(world.idle());
  expect(await booksOf(id)).toMatchObject({ states: { reserved: 1 }, heldMicros: 250_000 });
  const retry = await post(world, token);
  expect(retry.status).toBe(200);
  expect(retry.headers.get('Idempotent-Replayed')).toBeNull();
  await world.idle();
  expect(await booksOf(id)).toMatchObject({
    states: { refused: 1, running: 1 },
    heldMicros: 250_000,
    requests: { day: 1 },
  });
  expect(world.runcomfy.calls().counts.submit).toBe(2);
  expect(await differences(world, id)).toEqual([]);
});

test('the cron gives the hold of a refused job back, should nobody ask again', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = goneAfterPost(world);
  refuse(world);
  await isolate.wait(post(isolate, token));
  await isolate.wait(world.idle());
  world.clock.advance(6 * MINUTE);
  await world.cron();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0, requests: { day: 0 } });
});

test('an unconfirmed job that is marked frees its key for another body as well', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = goneAfterPost(world);
  refuse(world);
  await isolate.wait(post(isolate, token));
  await isolate.wait(world.idle());
  await env.DB.prepare("UPDATE jobs SET state = 'unconfirmed' WHERE customer_id = ?1").bind(id).run();
  expect((await post(world, token, { prompt: 'another' })).status).toBe(200);
});

test.for<{ what: string; fate: Fate }>([
  { what: 'KV does not answer', fate: 'before' },
  { what: 'KV is late', fate: 'late' },
])('a retry where $what is told to ask again, and nothing is sent', async ({ fate }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const isolate = goneAfterPost(world);
  refuse(world);
  await isolate.wait(post(isolate, token));
  await isolate.wait(world.idle());
  const blind = slowIsolate(world, ({ what }) => (what === 'KV get' ? fate : 'none'));
  expect((await blind.wait(post(blind, token))).body.code).toBe('request_in_flight');
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('a retry of a job that only KV knows to be accepted gets the first 200', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = goneAfterPost(world);
  const first = await isolate.wait(post(isolate, token));
  expect(first.status).toBe(200);
  await isolate.wait(world.idle());
  expect((await booksOf(id)).states).toEqual({ reserved: 1 });
  const retry = await post(world, token);
  expect(retry).toMatchObject({ status: 200, body: first.body });
  expect(retry.headers.get('Idempotent-Replayed')).toBe('true');
  expect((await booksOf(id)).states).toEqual({ running: 1 });
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('where the key cannot be freed, the retry is not sent', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const isolate = goneAfterPost(world);
  refuse(world);
  await isolate.wait(post(isolate, token));
  await isolate.wait(world.idle());
  const lame = slowIsolate(world, ({ text }) => (releases(text) ? 'before' : 'none'));
  expect((await lame.wait(post(lame, token))).body.code).toBe('storage_unavailable');
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('the answer waits for D1 where KV fails', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  let tries = 0;
  const isolate = slowIsolate(world, ({ what, text }) => {
    if (releases(text)) {
      tries += 1;
      return tries < 5 ? 'before' : 'none';
    }
    return what === 'KV put' ? 'before' : 'none';
  });
  refuse(world);
  expect((await isolate.wait(post(isolate, token))).status).toBe(422);
  expect(tries).toBe(5);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
});

test('the answer waits for KV where D1 fails and KV fails at first', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  let puts = 0;
  let isSent = false;
  const isolate = slowIsolate(world, ({ what }) => {
    isSent ||= what === 'upstream';
    puts += what === 'KV put' ? 1 : 0;
    return (what === 'D1' && isSent) || (what === 'KV put' && puts < 3) ? 'before' : 'none';
  });
  refuse(world);
  expect((await isolate.wait(post(isolate, token))).status).toBe(422);
  expect(puts).toBe(3);
  expect(await markOf(id)).toMatchObject({ end: 'refused' });
});

test('D1 is told again after the answer, without a cron', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  let tries = 0;
  const isolate = slowIsolate(world, ({ text }) => {
    tries += releases(text) ? 1 : 0;
    return releases(text) && tries < 5 ? 'before' : 'none';
  });
  refuse(world);
  expect((await isolate.wait(post(isolate, token))).status).toBe(422);
  await isolate.wait(world.idle());
  expect(tries).toBe(5);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
});

test('D1 that takes over half a second to release does not hold the answer up', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = slowIsolate(world, ({ text }) => (releases(text) ? 'hang' : 'none'));
  refuse(world);
  const startMs = world.clock.now();
  expect((await isolate.wait(post(isolate, token))).status).toBe(422);
  expect(world.clock.now() - startMs).toBe(500);
  expect(await markOf(id)).toMatchObject({ end: 'refused' });
});

test('where no store takes the word, the refusal is told all the same, and the operator hears of it', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const isolate = goneAfterPost(world, 'before');
  refuse(world);
  expect((await isolate.wait(post(isolate, token))).status).toBe(422);
  expect(world.logs).toContainEqual(expect.objectContaining({ level: 'error', event: 'end_unrecorded' }));
});

test('a refusal that D1 takes writes no mark', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  refuse(world);
  await post(world, token);
  await world.idle();
  expect(await markOf(id)).toBeNull();
});

test('a job that was given up while it was being sent stays given up, and the operator hears of it', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = slowIsolate(world, ({ what }) => (what === 'upstream' ? 'hang' : 'none'));
  const sent = post(isolate, token);
  await isolate.settle();
  world.clock.advance(6 * MINUTE);
  const { id: job } = (await env.DB.prepare('SELECT id FROM jobs WHERE customer_id = ?1').bind(id).first())!;
  await world.admin('POST', `/admin/jobs/${String(job)}/resolve`, { outcome: 'refused' });
  await isolate.applyLate();
  await isolate.settle();
  expect((await sent).status).toBe(200);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  expect(world.logs).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'accepted_after_end', job }),
  );
  const reply = await world.isolate().result(token, String(job));
  expect(reply.body.status).toBe('failed');
});
