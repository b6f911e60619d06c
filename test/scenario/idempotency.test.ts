// G3: at most one upstream submit per Idempotency-Key, whatever has become of the first one.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf } from '../support/books.ts';
import { fileHost } from '../support/file-host.ts';
import { png } from '../support/images.ts';
import { createWorld, IMAGE_TO_VIDEO, PROMPT, TEXT_TO_VIDEO, type Isolate } from '../support/world.ts';

type Change = { key?: string; body?: unknown; model?: string };

function submitWith(isolate: Isolate, token: string, change: Change = {}) {
  const { key = 'order-1', body = PROMPT, model = TEXT_TO_VIDEO } = change;
  return isolate.call(`/v1/models/${model}`, {
    method: 'POST',
    token,
    body,
    headers: { 'Idempotency-Key': key },
  });
}

test('G3: the same key 100 times in parallel is one upstream job', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const isolates = [world.isolate(), world.isolate(), world.isolate()];
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, n) => submitWith(isolates[n % 3]!, token)),
  );
  await world.idle();
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect(await booksOf(id)).toMatchObject({ jobs: 1, holds: 1, heldMicros: 250_000, requests: { day: 1 } });
  for (const { status, body, headers } of replies) {
    expect([200, 409]).toContain(status);
    if (status === 409) {
      expect(body.code).toBe('request_in_flight');
      expect(headers.get('retry-after')).toBe('5');
    }
  }
  const again = await submitWith(world, token);
  const first = replies.find(({ headers }) => headers.get('idempotent-replayed') === null)!;
  expect(again.status).toBe(200);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual(first.body);
});

test('a replay counts and costs nothing, even where no limit has room any more', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1, spend_total_usd: 0.25 } });
  const first = await submitWith(world, token);
  const again = await submitWith(world, token);
  expect(again.body).toEqual(first.body);
  expect(await booksOf(id)).toMatchObject({
    jobs: 1,
    heldMicros: 250_000,
    requests: { day: 1, slice: 1, total: 1 },
  });
});

test('an ended job answers its key as it did at first', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const first = await submitWith(world, token);
  world.clock.advance(60_000);
  await world.result(token, first.body.request_id);
  await world.idle();
  expect(await submitWith(world, token)).toMatchObject({ status: 200, body: first.body });
});

test.for([
  { what: 'another body', change: { body: { prompt: 'another' } } },
  { what: 'the same values in other bytes', change: { body: '{"prompt" : "a lighthouse in the rain"}' } },
  { what: 'another model', change: { model: IMAGE_TO_VIDEO } },
])('$what under the same key is refused', async ({ change }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  await submitWith(world, token);
  expect(await submitWith(world, token, change)).toMatchObject({
    status: 422,
    body: { code: 'idempotency_mismatch' },
  });
  expect(world.runcomfy.accepted().count).toBe(1);
});

test('an unknown outcome is replayed with the same request_id, also after the job was given up', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const first = await submitWith(world, token);
  await world.idle();
  const replays = [await submitWith(world, token)];
  for (let hour = 0; hour < 30; hour += 1) {
    world.clock.advance(3_600_000);
    await world.cron();
  }
  expect(
    await env.DB.prepare('SELECT state FROM jobs WHERE id = ?1').bind(first.body.request_id).first('state'),
  ).toBe('lost');
  replays.push(await submitWith(world, token));
  for (const replay of replays) {
    expect(replay).toMatchObject({
      status: 502,
      body: { code: 'outcome_unknown', request_id: first.body.request_id },
    });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
  }
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('a job that was lost while it ran answers its key with the first 200', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const first = await submitWith(world, token);
  await world.idle();
  world.runcomfy.settings({ hold: 'in_progress' });
  for (let day = 0; day < 9; day += 1) {
    world.clock.advance(86_400_000);
    await world.cron();
  }
  expect(
    await env.DB.prepare('SELECT state FROM jobs WHERE id = ?1').bind(first.body.request_id).first('state'),
  ).toBe('lost');
  expect(await submitWith(world, token)).toMatchObject({ status: 200, body: first.body });
});

test('a definite refusal by RunComfy frees the key', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 429 }, times: 1 });
  expect((await submitWith(world, token)).status).toBe(429);
  const again = await submitWith(world, token);
  expect(again.status).toBe(200);
  expect(again.headers.get('idempotent-replayed')).toBeNull();
  expect(await booksOf(id)).toMatchObject({ states: { refused: 1, running: 1 } });
});

test('our own refusals never bind the key', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 0 } });
  expect((await submitWith(world, token, { body: { prompt: 5 } })).status).toBe(422);
  expect((await submitWith(world, token)).status).toBe(429);
  await world.admin('PATCH', `/admin/customers/${id}`, { limits: { requests_per_day: 1 } });
  expect((await submitWith(world, token)).status).toBe(200);
});

test('a key belongs to its customer', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const bob = await world.tenant();
  const second = await world.key(ada);
  const first = await submitWith(world, ada.token);
  expect((await submitWith(world, bob.token)).body.request_id).not.toBe(first.body.request_id);
  expect((await submitWith(world, second.key)).body).toEqual(first.body);
  expect(world.runcomfy.accepted().count).toBe(2);
});

test.for(['', ' ', 'x'.repeat(256), 'a\tb', 'a\x7fb', 'caf\xe9'])(
  '%j is no Idempotency-Key',
  async (key, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    expect(await submitWith(world, token, { key })).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
  },
);

test('a retry during the media check of the first submit is not refused by a limit', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { max_concurrent: 1 } });
  const both = Promise.withResolvers<void>();
  let asked = 0;
  const url = fileHost().on('/a.png', async () => {
    asked += 1;
    if (asked === 2) {
      both.resolve();
    }
    await both.promise;
    return new Response(png({ width: 800, height: 600 }));
  });
  const send = () =>
    submitWith(world, token, { body: { prompt: 'x', image_urls: [url] }, model: IMAGE_TO_VIDEO });
  const replies = await Promise.all([send(), send()]);
  const [one, two] = replies.toSorted((a, b) => a.status - b.status);
  expect(one!.status).toBe(200);
  // It finds the first one reserved, or already accepted.
  const { status, body } = two!;
  expect(status === 409 ? body.code : body.request_id).toBe(
    status === 409 ? 'request_in_flight' : one!.body.request_id,
  );
  expect(world.runcomfy.accepted().jobs).toHaveLength(1);
});

test('a retry whose limits are read after the first submit has taken the last room gets its answer', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { max_concurrent: 1 } });
  const url = fileHost().on('/b.png', async () => new Response(png({ width: 800, height: 600 })));
  const change = { body: { prompt: 'x', image_urls: [url] }, model: IMAGE_TO_VIDEO };
  let first: Awaited<ReturnType<typeof submitWith>> | null = null;
  const DB = new Proxy(env.DB, {
    get(target, name) {
      return name === 'batch'
        ? async (statements: D1PreparedStatement[]) => {
            first ??= await submitWith(world, token, change);
            return target.batch(statements);
          }
        : (sql: string) => target.prepare(sql);
    },
  });
  const second = await submitWith(world.isolate({ DB }), token, change);
  expect(second).toMatchObject({ status: 200, body: { request_id: first!.body.request_id } });
  expect(second.headers.get('Idempotent-Replayed')).toBe('true');
  expect(world.runcomfy.accepted().jobs).toHaveLength(1);
});
