// G13: what is read at once is bounded in bytes, whoever sends it.
//
// Interleavings and cuts, each of which must leave nothing behind (weight 0, no row, no call):
// 1. two uploads race for the last bytes: one is read, the other gets Retry-After
// 2. the client breaks an upload off in the middle
// 3. an upload stops: after 10 s without a byte
// 4. the call fails after its body was read
// 5. a result is too large for the remaining memory: the poll gets Retry-After, and nothing is booked wrong
// 6. the client of a large result hangs up before it has come
// 7. the cron meets many large results: one at a time, also while customers fill the budget
// 8. a stranger sends a large body where no key is asked for

import { env } from 'cloudflare:workers';
import { test, type ExpectStatic } from 'vitest';
import { rest } from '../support/turnstile.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type Reply, type World } from '../support/world.ts';

const MIB = 2 ** 20;
const SUBMIT = `/v1/models/${TEXT_TO_VIDEO}`;
const BUSY = { code: 'gateway_busy', error_code: 500001, status: 503 };

/** A body of which the test sends as much as it likes. */
function upload(world: World, token: string, path = SUBMIT) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const answer = world.raw(path, { method: 'POST', headers, body }).then(async (response): Promise<Reply> => {
    return { status: response.status, headers: response.headers, body: await response.json() };
  });
  return {
    answer,
    /** Resolves when it was taken. */
    async send(bytes: number) {
      const before = world.deps.inFlight.weight();
      controller?.enqueue(new Uint8Array(bytes).fill(0x20));
      await until(() => world.deps.inFlight.weight() !== before);
    },
    write: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    close: () => controller?.close(),
    breakOff: () => controller?.error(new Error('the client is gone')),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo() && turns < 10_000; turns += 1) {
    await rest();
  }
}

async function expectNothing(expect: ExpectStatic, world: World, customer: { id: string }): Promise<void> {
  await world.idle();
  expect(world.deps.inFlight.weight()).toBe(0);
  const { results } = await env.DB.prepare('SELECT id FROM jobs WHERE customer_id = ?1')
    .bind(customer.id)
    .all();
  expect(results).toEqual([]);
  expect(world.runcomfy.accepted().count).toBe(0);
}

test('1: two uploads race for the last bytes: one gets Retry-After, and is read later', async ({
  expect,
}) => {
  const world = createWorld();
  const [ada, bob] = [await world.tenant(), await world.tenant()];
  const first = upload(world, ada.token);
  await first.send(15 * MIB);
  const second = upload(world, bob.token);
  second.write(' '.repeat(2 * MIB));
  second.close();
  const refused = await second.answer;
  expect(refused).toMatchObject({ status: 503, body: BUSY });
  expect(refused.headers.get('retry-after')).toBe('2');
  first.breakOff();
  expect((await first.answer).body.code).toBe('malformed_body');
  await expectNothing(expect, world, ada);
  await expectNothing(expect, world, bob);
  expect((await world.submit(bob.token, `{"prompt":"x"}${' '.repeat(2 * MIB)}`)).status).toBe(200);
});

test('1: a usual submit gets through while large uploads fill the budget', async ({ expect }) => {
  const world = createWorld();
  const [ada, bob] = [await world.tenant(), await world.tenant()];
  const large = upload(world, ada.token);
  await large.send(15.9 * MIB);
  expect((await world.submit(ada.token)).status).toBe(200);
  expect((await world.submit(bob.token, `{"prompt":"x"}${' '.repeat(200 * 1024)}`)).status).toBe(200);
  large.breakOff();
  await large.answer;
});

test('2: an upload that is broken off gives its bytes back', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  for (const bytes of [1_000, 15 * MIB]) {
    const broken = upload(world, ada.token);
    await broken.send(bytes);
    expect(world.deps.inFlight.weight()).toBe(3 * bytes);
    broken.breakOff();
    expect((await broken.answer).body.code).toBe('malformed_body');
    await expectNothing(expect, world, ada);
  }
});

test('3: an upload that stops for 10 s is over; one that goes on is not', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const stopped = upload(world, ada.token);
  for (let part = 0; part < 5; part += 1) {
    await stopped.send(1_000);
    world.clock.pass(9_999);
  }
  await stopped.send(1_000);
  world.clock.pass(10_000);
  const answer = await stopped.answer;
  expect(answer).toMatchObject({ status: 408, body: { code: 'body_stalled', error_code: 408001 } });
  await expectNothing(expect, world, ada);
});

test('4: a call that fails after its body was read gives its bytes back', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const pad = ' '.repeat(MIB);
  const bodies = [
    `{"prompt":1}${pad}`,
    `[${pad}]`,
    `{"prompt":"x"${pad}`,
    `{"prompt":"x","prompt":"y"}${pad}`,
  ];
  for (const body of bodies) {
    const { status } = await world.submit(ada.token, body);
    expect([400, 422]).toContain(status);
    await expectNothing(expect, world, ada);
  }
  expect((await world.call('/v1/tokens', { method: 'POST', token: ada.token, body: pad })).status).toBe(400);
  await expectNothing(expect, world, ada);
});

test('a body of more than 100,000 values is refused with the number, before it is parsed', async ({
  expect,
}) => {
  const world = createWorld();
  const ada = await world.tenant();
  const reply = await world.submit(ada.token, `{"prompt":[${'{},'.repeat(5_000_000)}{}]}`);
  expect(reply).toMatchObject({
    status: 413,
    body: { code: 'body_too_large', detail: 'The body has more than 100000 values.' },
  });
  await expectNothing(expect, world, ada);
});

/** A world whose RunComfy echoes a large input in each result. */
async function withLargeResults(jobs: number, echo: unknown) {
  const world = createWorld();
  const ada = await world.tenant();
  let atOnce = 0;
  let most = 0;
  tapUpstream(world, async (response, request) => {
    if (!request.url.includes('/result')) {
      return response;
    }
    const whole = new TextEncoder().encode(JSON.stringify({ ...Object(await response.json()), input: echo }));
    atOnce += 1;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          most = Math.max(most, atOnce);
          controller.enqueue(whole);
          controller.close();
          atOnce -= 1;
        },
        cancel() {
          atOnce -= 1;
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, {
      headers: { 'Content-Type': 'application/json', 'Content-Length': String(whole.byteLength) },
    });
  });
  const ids: string[] = [];
  for (let job = 0; job < jobs; job += 1) {
    const { body } = await world.submit(ada.token);
    ids.push(body.request_id);
    await world.idle();
    const row = await env.DB.prepare('SELECT upstream_id FROM jobs WHERE id = ?1')
      .bind(body.request_id)
      .first<any>();
    world.runcomfy.finish(row.upstream_id, { as: 'succeeded' });
  }
  return { world, ada, ids, most: () => most };
}

const LARGE = { image: 'x'.repeat(7 * MIB) };

test('5: a result for which there is no room is asked for again', async ({ expect }) => {
  const { world, ada, ids } = await withLargeResults(1, LARGE);
  const bob = await world.tenant();
  const [id = ''] = ids;
  const filling = upload(world, bob.token);
  await filling.send(15 * MIB);
  expect(await world.result(ada.token, id)).toMatchObject({ status: 503, body: BUSY });
  expect((await env.DB.prepare('SELECT state FROM jobs WHERE id = ?1').bind(id).first<any>()).state).toBe(
    'running',
  );
  filling.breakOff();
  await filling.answer;
  const told = await world.result(ada.token, id);
  expect(told.body).toMatchObject({ status: 'succeeded' });
  expect(told.body.input.image).toHaveLength(7 * MIB);
  await world.idle();
  expect(world.deps.inFlight.weight()).toBe(0);
});

test('an answer of the same weight in tiny values is as good as none', async ({ expect }) => {
  const { world, ada, ids } = await withLargeResults(1, JSON.parse(`[${'{},'.repeat(250_000)}{}]`));
  const told = await world.result(ada.token, ids[0] ?? '');
  expect(told.body).toMatchObject({ status: 'in_progress' });
  await world.idle();
  expect(world.deps.inFlight.weight()).toBe(0);
});

test('7: the cron reads large results one at a time, and all of them', async ({ expect }) => {
  const { world, ids, most } = await withLargeResults(6, LARGE);
  world.clock.advance(120_000);
  await world.cron();
  await world.idle();
  const { results } = await env.DB.prepare(
    `SELECT state FROM jobs WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'succeeded'`,
  )
    .bind(JSON.stringify(ids))
    .all();
  expect(results).toHaveLength(6);
  expect(most()).toBe(1);
  expect(world.deps.inFlight.weight()).toBe(0);
});

test('7: a customer who fills the budget keeps no job open', async ({ expect }) => {
  const { world, ada, ids } = await withLargeResults(1, LARGE);
  const filling = upload(world, ada.token);
  await filling.send(15 * MIB);
  world.clock.advance(50_000);
  await world.cron();
  expect((await env.DB.prepare('SELECT state FROM jobs WHERE id = ?1').bind(ids[0]).first<any>()).state).toBe(
    'succeeded',
  );
  filling.breakOff();
  await filling.answer;
});

test('8: callers without a key take no memory from customers', async ({ expect }) => {
  const world = createWorld();
  const stranger = upload(world, '', '/session');
  await stranger.send(5_000);
  await stranger.send(60_000);
  stranger.close();
  expect(await stranger.answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  expect(world.deps.inFlight.weight()).toBe(0);
});

test('an isolate remembers ended jobs by weight, and answers of them what it read', async ({ expect }) => {
  const tiny = JSON.parse(`[${'{},'.repeat(10_000)}{}]`);
  const { world, ada, ids } = await withLargeResults(3, tiny);
  for (const id of ids) {
    expect((await world.result(ada.token, id)).body.input).toEqual(tiny);
    await world.idle();
  }
  const bytes = world.deps.memory.ended.bytes();
  expect(bytes).toBeGreaterThan(3 * 30_000);
  expect(bytes).toBeLessThan(3 * 34_000);
  expect((await world.result(ada.token, ids[0] ?? '')).body.input).toEqual(tiny);
});

const enumerated = (count: number) => ({
  type: 'object',
  properties: {
    size: { enum: Array.from({ length: count }, (_, at) => `value-${String(at).padStart(6, '0')}`) },
  },
});

test('a schema of more than 256 KiB is refused in every mode', async ({ expect }) => {
  const world = createWorld();
  for (const validation of ['enforce', 'advise', 'off']) {
    const put = { validation, price: { usd: 0.1, unit: 'output' }, input_schema: enumerated(20_000) };
    const refused = await world.admin('PUT', `/admin/models/${IMAGE_TO_VIDEO}-large`, put);
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
    expect(refused.body.detail).toContain('262144');
  }
  const fits = { price: { usd: 0.1, unit: 'output' }, input_schema: enumerated(10_000) };
  expect((await world.admin('PUT', `/admin/models/${IMAGE_TO_VIDEO}-large`, fits)).status).toBe(201);
});
