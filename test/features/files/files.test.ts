// Uploads of files. What can meet, and where the isolate can die, with what is left then:
//
//   an upload is  look at the first bytes → D1 reserves (row `reserved`, bytes count) → R2 put → D1 confirms (`stored`)
//   a removal is  D1 marks `gone` → R2 deletes → D1 deletes the row (bytes count no more)
//
// Interleavings
//   50 uploads at once: each INSERT sees the bytes of those before it; what is over the limit writes nothing
//   a file is gone while it is put (swept, deleted): confirm finds no row that is not gone; the upload forgets its object
//   sweep beside confirm: whichever statement comes first wins; the other one sees it (state <> 'gone')
//   two removals at once: one of them marks, the other answers 404; deleting twice does no harm
//   a key is revoked during an upload: what was reserved before goes on, nothing new is reserved
// Crash points
//   before the reservation: nothing is there
//   the answer of the reservation is lost: a row `reserved`, due in two hours; the cron deletes it
//   during the put (body cut, short, long, R2 fails, an hour is over): R2 takes a whole body or none; row and bytes go at once
//   the isolate dies during the put, or between R2 and D1: a row `reserved`, with or without an object; the cron deletes both
//   the answer of the confirmation is lost: it is asked again, and says the same
//   D1 fails at the confirmation: the file is discarded; if that fails too, it is due for the cron
//   R2 fails in a removal: nobody gets the file, its row and bytes stay; the cron goes on
//   between R2 and the row in a removal: the row is gone already for everybody; the cron deletes it
// No upload lasts for more than an hour, and none is taken for dead before two: nothing is put behind the sweep.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { browserToken } from '../../support/browser-token.ts';
import { joined, padBytes } from '../../support/bytes.ts';
import { gif, jpeg, png, webpLossy } from '../../support/images.ts';
import { failingDb } from '../../support/stores.ts';
import { createWorld, type Isolate, type World } from '../../support/world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PNG = png({ width: 640, height: 480 });

type Sent = { token: string; query?: string; headers?: Record<string, string>; by?: Isolate };

async function upload(world: World, bytes: Uint8Array, { token, query = '', headers = {}, by }: Sent) {
  return (by ?? world).call(`/v1/files${query}`, {
    method: 'POST',
    token,
    body: bytes,
    headers: { 'Content-Type': 'image/png', 'Content-Length': String(bytes.length), ...headers },
  });
}

/** A body that tells its length as it likes, and comes in pieces. */
async function stream(world: World, token: string, { pieces, length, cut = false }: Stream) {
  const body = new ReadableStream({
    async start(controller) {
      for (const piece of pieces) {
        controller.enqueue(piece);
        await scheduler.wait(0);
      }
      if (cut) {
        controller.error(new TypeError('Network connection lost.'));
      } else {
        controller.close();
      }
    },
  });
  const response = await world.raw('/v1/files', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'image/png',
      ...(length === null ? {} : { 'Content-Length': String(length) }),
    },
    body,
  });
  return { status: response.status, body: (await response.json()) as any };
}

type Stream = { pieces: Uint8Array[]; length: number | null; cut?: boolean };

const pathOf = (url: string) => new URL(url).pathname;

async function rows(customerId: string) {
  const { results } = await env.DB.prepare(
    'SELECT id, state, bytes, due_at_ms FROM files WHERE customer_id = ?1 ORDER BY created_at_ms, id',
  )
    .bind(customerId)
    .all<{ id: string; state: string; bytes: number; due_at_ms: number }>();
  return results;
}

const stored = async (subject: string) =>
  (await env.DB.prepare('SELECT bytes FROM file_bytes WHERE subject = ?1')
    .bind(subject)
    .first<number>('bytes')) ?? 0;

async function objects(): Promise<string[]> {
  const { objects: found } = await env.FILES.list();
  return found.map(({ key }) => key).toSorted();
}

test('a picture is uploaded, served and deleted', async ({ expect }) => {
  const world = createWorld();
  const { id: customer, token } = await world.tenant();
  const { status, body } = await upload(world, PNG, { token, query: '?filename=My%20Cät.PNG' });
  expect({ status, body }).toEqual({
    status: 201,
    body: {
      id: expect.stringMatching(/^file_[0-9A-Za-z]{22}$/),
      url: expect.stringMatching(/^https:\/\/gate\.test\/files\/[0-9A-Za-z]{32}\/My-Cat\.png$/),
      content_type: 'image/png',
      bytes: PNG.length,
      width: 640,
      height: 480,
      expires_at: new Date(world.clock.now() + 7 * DAY_MS).toISOString(),
    },
  });
  expect(await stored(customer)).toBe(PNG.length);

  const served = await world.raw(pathOf(body.url));
  expect(served.status).toBe(200);
  expect(Object.fromEntries(served.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    'content-security-policy': "sandbox; default-src 'none'",
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
  });
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(PNG);

  expect((await world.call('/v1/files', { token })).body).toEqual({ items: [body], next_cursor: null });
  expect((await world.call(`/v1/files/${body.id}`, { method: 'DELETE', token })).status).toBe(204);
  expect((await world.call(`/v1/files/${body.id}`, { method: 'DELETE', token })).status).toBe(404);
  expect((await world.call(pathOf(body.url))).body).toMatchObject({ status: 404, code: 'not_found' });
  expect((await world.call('/v1/files', { token })).body.items).toEqual([]);
  expect(await objects()).toEqual([]);
  expect(await stored(customer)).toBe(0);
  expect(await auditOf(body.id)).toMatchObject([{ action: 'file.delete' }]);
});
