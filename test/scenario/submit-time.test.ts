// G5: a submit has 27 s from its arrival. Nothing is sent late, no store holds it up, and all is over before waitUntil is.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { booksOf, differences } from '../support/books.ts';
import { fileHost } from '../support/file-host.ts';
import { png } from '../support/images.ts';
import { slowIsolate, type Fate, type Slow } from '../support/slow-stores.ts';
import type { OutsideCall } from '../support/stores.ts';
import { createWorld, IMAGE_TO_VIDEO, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const KEY = { 'Idempotency-Key': 'k' };
const isGate = ({ text }: OutsideCall) => text.includes('INSERT INTO jobs');

beforeEach(() => env.DB.prepare("UPDATE accounts SET state = 'ok', probe_at_ms = 0").run());

const post = (isolate: Slow, token: string) =>
  isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', token, body: PROMPT, headers: KEY });

/** An isolate in which a call takes so long. */
function lasting(world: World, ms: number, isSlow: (call: OutsideCall) => boolean): Slow {
  return slowIsolate(world, (call) => {
    world.clock.advance(isSlow(call) ? ms : 0);
    return 'none';
  });
}

test.for([
  { ms: 0, limit: 20_000 },
  { ms: 3_900, limit: 20_000 },
  { ms: 10_000, limit: 14_000 },
  { ms: 19_000, limit: 5_000 },
])('a POST that starts $ms ms after the arrival has $limit ms', async ({ ms, limit }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const isolate = lasting(world, ms, isGate);
  expect((await isolate.wait(post(isolate, token))).status).toBe(200);
  expect(world.clock.timeOuts()).toEqual([limit]);
});

test('a gate that leaves less than 8 s: nothing is sent, and everything is given back', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const isolate = lasting(world, 19_001, isGate);
  const reply = await isolate.wait(post(isolate, token));
  expect(reply).toMatchObject({ status: 503, body: { code: 'submit_timeout' } });
  expect(reply.headers.get('RateLimit')).toBe('"customer-day";r=1;t=43200');
  expect(world.runcomfy.calls().counts.submit).toBe(0);
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0, requests: { day: 0 } });
  expect((await world.submit(token)).status).toBe(200);
  expect(await differences(world, id)).toEqual([]);
});

test.for(['FROM keys', 'FROM models', 'idempotency_key = ?2'])(
  'reports D1 as down if it does not answer "%s" in time',
  async (statement, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const isolate = slowIsolate(world, ({ text }) => (text.includes(statement) ? 'hang' : 'none'));
    const startMs = world.clock.now();
    const reply = await isolate.wait(post(isolate, token));
    expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(world.clock.now() - startMs).toBe(4_000);
  },
);

test('checks that leave less than 8 s: the gate is not asked', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolate = lasting(world, 19_001, ({ text }) => text.includes('FROM models'));
  expect((await isolate.wait(post(isolate, token))).body.code).toBe('submit_timeout');
  expect(isolate.calls.some(isGate)).toBe(false);
  expect(await booksOf(id)).toMatchObject({ jobs: 0 });
});

test('media that leave less than 8 s: the gate is not asked', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const url = fileHost().on('/a.png', async () => {
    world.clock.advance(19_001);
    return new Response(png({ width: 800, height: 600 }));
  });
  const reply = await world.submit(token, { prompt: 'x', image_urls: [url] }, IMAGE_TO_VIDEO);
  expect(reply.body.code).toBe('submit_timeout');
  expect(await booksOf(id)).toMatchObject({ jobs: 0 });
});

test('a body that takes 20 s to arrive is not sent', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const source = {
    pull(stream: ReadableStreamDefaultController) {
      world.clock.advance(20_000);
      stream.enqueue(new TextEncoder().encode(JSON.stringify(PROMPT)));
      stream.close();
    },
  };
  const body = new ReadableStream(source, { highWaterMark: 0 });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await world.raw(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', headers, body });
  expect((await response.json<any>()).code).toBe('submit_timeout');
  expect(await booksOf(id)).toMatchObject({ jobs: 0 });
});

test('a POST that takes all of its time, and then no store answers: it is over within 28 s', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  let isSent = false;
  const isolate = slowIsolate(world, ({ what }) => {
    isSent ||= what === 'upstream';
    world.clock.advance(what === 'upstream' ? 24_000 : 0);
    return isSent && what !== 'upstream' ? 'hang' : 'none';
  });
  const startMs = world.clock.now();
  expect((await isolate.wait(post(isolate, token))).status).toBe(502);
  await isolate.wait(world.idle());
  expect(world.clock.now() - startMs).toBeLessThanOrEqual(28_000);
});

type Flow = {
  what: string;
  before?: (world: World, token: string) => Promise<unknown> | void;
  model?: string;
};

const refuseWith = (status: number) => (world: World) =>
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status }, times: 1 });

async function refuseForMarkOnly(world: World, token: string): Promise<void> {
  let isSent = false;
  const isolate = slowIsolate(world, ({ what }) => {
    isSent ||= what === 'upstream';
    return what === 'D1' && isSent ? 'before' : 'none';
  });
  refuseWith(422)(world);
  await isolate.wait(post(isolate, token));
  await isolate.settle();
}

const flows: Flow[] = [
  { what: 'a submit' },
  { what: 'a submit that RunComfy refuses', before: refuseWith(422) },
  { what: 'a submit that stops the account', before: refuseWith(401) },
  { what: 'a submit of which RunComfy says nothing', before: refuseWith(500) },
  { what: 'a submit with media', model: IMAGE_TO_VIDEO },
  { what: 'a replay of a job that KV knows to be refused', before: refuseForMarkOnly },
  {
    what: 'a replay with media of a job that KV knows to be refused',
    model: IMAGE_TO_VIDEO,
    before: refuseForMarkOnly,
  },
  {
    what: 'a replay of a job that only KV knows to be accepted',
    async before(world, token) {
      const isolate = slowIsolate(world, ({ text }) =>
        text.includes("state = 'running'") ? 'before' : 'none',
      );
      await isolate.wait(post(isolate, token));
      await isolate.settle();
    },
  },
];

/** Just in time. */
const SLOW_MS = 3_900;

type Fates = (call: OutsideCall, at: number, world: World) => Fate;
type Played = { calls: OutsideCall[]; answeredMs: number; overMs: number; posts: number };

async function play(flow: Flow, fateOf: Fates): Promise<Played> {
  const world = createWorld();
  const { token } = await world.tenant();
  await flow.before?.(world, token);
  world.runcomfy.resetCalls();
  const { model = TEXT_TO_VIDEO } = flow;
  const url = fileHost().on('/a.png', async () => new Response(png({ width: 800, height: 600 })));
  const body = model === TEXT_TO_VIDEO ? PROMPT : { ...PROMPT, image_urls: [url] };
  const isolate = slowIsolate(world, (call, at) => fateOf(call, at, world));
  const startMs = world.clock.now();
  await isolate.wait(isolate.call(`/v1/models/${model}`, { method: 'POST', token, body, headers: KEY }));
  const answeredMs = world.clock.now() - startMs;
  await isolate.wait(world.idle());
  const overMs = world.clock.now() - startMs;
  return { calls: isolate.calls, answeredMs, overMs, posts: world.runcomfy.calls().counts.submit };
}

test.for(flows.map((flow) => [flow.what, flow] as const))(
  '%s is over within 28 s, whichever call to a store hangs or is slow',
  async ([, flow], { expect }) => {
    const { calls } = await play(flow, () => 'none');
    expect(calls.length).toBeGreaterThan(3);
    const slow = await play(flow, ({ what }, _at, { clock }) => {
      clock.advance(what === 'upstream' ? 0 : SLOW_MS);
      return 'none';
    });
    expect({ ...slow, isOver: slow.overMs <= 28_000 }).toMatchObject({ isOver: true });
    for (const [index, { what, text }] of calls.entries()) {
      const alone = await play(flow, (call, at) =>
        at === index && call.what !== 'upstream' ? 'hang' : 'none',
      );
      expect({ what, text, ...alone, isOver: alone.overMs <= 28_000 }).toMatchObject({ isOver: true });
      const onwards = await play(flow, (call, at) =>
        at >= index && call.what !== 'upstream' ? 'hang' : 'none',
      );
      expect({ what, text, ...onwards, isOver: onwards.overMs <= 28_000 }).toMatchObject({ isOver: true });
      expect(alone.posts).toBeLessThanOrEqual(1);
    }
  },
);
