// Uploads of files: every interleaving and every crash point, with the state that each leaves.
//
//   an upload   reads the first bytes → D1 reserves (row `reserved`, bytes count) → R2 stores → D1 confirms (`stored`)
//   a deletion  D1 marks `gone` → R2 deletes → D1 deletes the row (bytes no longer count)
//
// Interleavings
//   50 uploads at once: each INSERT counts the bytes of those before it; an upload over the limit writes nothing
//   a file is swept or deleted during the put: the confirmation finds the row `gone`; the upload deletes its object
//   sweep and confirmation at once: the first statement wins; the second reads its state (state <> 'gone')
//   two deletions at once: one marks, the other answers 404; a second deletion in R2 does no harm
//   a key is revoked during an upload: the reserved upload continues, a new one is refused
// Crash points
//   before the reservation: nothing is stored
//   the answer of the reservation is lost: a row `reserved`, due in six hours; the cron deletes it
//   during the put (body interrupted, short or long, R2 fails): R2 stores the whole body or none; row and bytes go at once
//   the isolate dies during the put, or between R2 and D1: a row `reserved`, with or without an object; the cron deletes both
//   the answer of the confirmation is lost: the repeated confirmation returns the same
//   D1 fails at the confirmation: the file is discarded; if that fails too, the cron deletes it
//   R2 fails in a deletion: nobody gets the file, its row and bytes stay; the cron deletes them
//   between R2 and the row in a deletion: the file is 404 for everybody; the cron deletes the row
// The sweep deletes the reservation of an upload that takes more than six hours: the upload is refused and deletes its object.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { auditOf } from '../../support/audit.ts';
import { browserToken } from '../../support/browser-token.ts';
import { joined, padBytes } from '../../support/bytes.ts';
import { gif, jpeg, png } from '../../support/images.ts';
import { readFront } from '../../../src/features/files/front.ts';
import { sweepFiles } from '../../../src/features/files/remove.ts';
import { runTrigger } from '../../../src/cron.ts';
import { SCHEDULES } from '../../../src/schedules.ts';
import { failingBucket } from '../../support/buckets.ts';
import { differences } from '../../support/books.ts';
import { failingDb } from '../../support/stores.ts';
import { PICTURE as PNG, upload as send } from '../../support/upload.ts';
import { createWorld, IMAGE_TO_VIDEO, type Isolate, type Reply, type World } from '../../support/world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Nothing of this customer is left anywhere. */
const NOTHING = { rows: [], bytes: 0, objects: [] };

async function leftOf(customer: string) {
  return { rows: await rows(customer), bytes: await stored(customer), objects: await objects() };
}

// Tests of one file share its stores.
beforeEach(async () => {
  await env.FILES.delete(await objects());
  await env.DB.prepare('DELETE FROM files').run();
});

type Uploading = Parameters<typeof send>[2] & { by?: Isolate };

const upload = (world: World, bytes: Uint8Array, { by = world, ...sent }: Uploading) => send(by, bytes, sent);

/** A body in pieces, with any Content-Length. */
async function stream(
  world: World,
  token: string,
  { pieces, length, cut = false }: Stream,
): Promise<Pick<Reply, 'status' | 'body'>> {
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
  return { status: response.status, body: await response.json() };
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

const text = (value: string) => new TextEncoder().encode(value);
const HTML = '<html><script>alert(1)</script></html>';
const MP4 = joined([0, 0, 0, 24], 'ftyp', 'isom', [0, 0, 2, 0], 'isomiso2', new Uint8Array(64));

test('a file is what its bytes say, not its name or its Content-Type: pages are refused, polyglots do not run', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const asPage = { token, query: '?filename=page.html', headers: { 'Content-Type': 'text/html' } };
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const bytes of [text(HTML), text(svg), joined('PNG', HTML), new Uint8Array()]) {
    const { status, body } = await upload(world, bytes, { token, query: '?filename=cat.png' });
    expect({ status, code: body.code }).toEqual({ status: 415, code: 'unsupported_file' });
  }
  expect(await rows(id)).toEqual([]);
  for (const [bytes, type, ending] of [
    [joined(PNG, HTML), 'image/png', 'png'],
    [joined(gif({ width: 0x2f2a, height: 9 }), '*/=1;alert(1)'), 'image/gif', 'gif'],
    [MP4, 'video/mp4', 'mp4'],
  ] as const) {
    const { status, body } = await upload(world, bytes, asPage);
    expect({ status, type: body.content_type, bytes: body.bytes }).toEqual({
      status: 201,
      type,
      bytes: bytes.length,
    });
    expect(body.url).toMatch(new RegExp(`/page\\.${ending}$`));
    const served = await world.raw(pathOf(body.url));
    expect(served.headers.get('content-type')).toBe(type);
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
    expect(served.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(bytes);
  }
});

test('what is too large is refused before it is read: images over 50 MB, all else over 100 MB', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const declare = (bytes: Uint8Array, length: number) =>
    upload(world, bytes, { token, headers: { 'Content-Length': String(length) } });
  for (const [bytes, length] of [
    [PNG, 50_000_001],
    [MP4, 100_000_001],
    [text(HTML), 9e14],
  ] as const) {
    const { status, body } = await declare(bytes, length);
    expect({ length, status, code: body.code }).toEqual({ length, status: 413, code: 'body_too_large' });
  }
  expect(await rows(id)).toEqual([]);
});

test('without a Content-Length 411; compressed on its way 415', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  expect(await stream(world, token, { pieces: [PNG], length: null })).toMatchObject({
    status: 411,
    body: { code: 'length_required' },
  });
  const packed = await upload(world, PNG, { token, headers: { 'Content-Encoding': 'gzip' } });
  expect(packed).toMatchObject({ status: 415, body: { code: 'unsupported_file' } });
  expect(await rows(id)).toEqual([]);
});

const BROKEN: [string, Stream][] = [
  ['shorter than declared', { pieces: [PNG, new Uint8Array(50)], length: PNG.length + 51 }],
  ['longer than declared', { pieces: [PNG, new Uint8Array(52)], length: PNG.length + 51 }],
  ['longer than declared in its first piece', { pieces: [padBytes(PNG, 500)], length: 200 }],
  ['cut', { pieces: [PNG, new Uint8Array(50)], length: PNG.length + 51, cut: true }],
  ['cut in its first bytes', { pieces: [PNG.subarray(0, 20)], length: PNG.length, cut: true }],
];

test.for(BROKEN)('a body that is %s leaves nothing', async ([, sent], { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  expect(await stream(world, token, sent)).toMatchObject({ status: 400, body: { code: 'length_mismatch' } });
  await world.idle();
  expect(await leftOf(id)).toEqual(NOTHING);
});

test('a body that stalls before its type is known ends after 10 s; a slow one does not', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const reads: (() => void)[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise<void>((resolve) => reads.push(resolve));
        controller.enqueue(PNG.subarray(0, 1));
      },
    },
    { highWaterMark: 0 },
  );
  const turn = async (piece: number) => {
    while (reads.length <= piece) {
      await scheduler.wait(0);
    }
  };
  const headers = { Authorization: `Bearer ${token}`, 'Content-Length': '1000000' };
  const answer = world.raw('/v1/files', { method: 'POST', headers, body });
  for (let piece = 0; piece < 3; piece += 1) {
    await turn(piece);
    world.clock.pass(9_999);
    reads[piece]?.();
  }
  await turn(3);
  world.clock.pass(10_000);
  const { status } = await answer;
  expect(status).toBe(408);
  expect(await leftOf(id)).toEqual(NOTHING);
});

test('a stored file never has more bytes than arrived', async ({ expect }) => {
  const { chunks } = await readFront(new Response(PNG).body!, createWorld().clock);
  const kept = chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  expect(kept).toBeLessThan(10_000);
});

test('a body in many pieces arrives whole', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const whole = jpeg({ width: 8, height: 9 }, 300_000);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < whole.length; start += 7001) {
    pieces.push(whole.subarray(start, start + 7001));
  }
  const { status, body } = await stream(world, token, { pieces, length: whole.length });
  // Its size stands behind what is looked at.
  expect({ status, body }).toMatchObject({ status: 201, body: { content_type: 'image/jpeg' } });
  expect(body.width).toBeUndefined();
  const served = await world.raw(pathOf(body.url));
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(whole);
});

test.for([
  ['', 'file.png'],
  ['?filename=', 'file.png'],
  ['?filename=..', 'file.png'],
  ['?filename=..%2F..%2Fetc%2Fpasswd', 'passwd.png'],
  ['?filename=C:%5Cpictures%5Ccat.jpeg', 'cat.png'],
  ['?filename=a%22%0d%0aSet-Cookie:x.png', 'a-Set-Cookie-x.png'],
  ['?filename=%D0%BA%D0%BE%D1%82.png', 'file.png'],
  [`?filename=${'x'.repeat(300)}.png`, `${'x'.repeat(80)}.png`],
  ['?filename=archive.tar.png', 'archive-tar.png'],
])('the name of a file is plain: %s becomes %s', async ([query, name], { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await upload(world, PNG, { token, query: query! });
  expect(body.url.split('/').at(-1)).toBe(name);
  expect((await world.raw(pathOf(body.url))).status).toBe(200);
});

test('ranges as a player sends them', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const bytes = padBytes(MP4, 1000);
  bytes.set([7], 999);
  const { body } = await upload(world, bytes, { token });
  const path = pathOf(body.url);
  const ask = async (headers: Record<string, string>, method = 'GET') => {
    const response = await world.raw(path, { method, headers });
    const got = new Uint8Array(await response.arrayBuffer());
    const of = (name: string) => response.headers.get(name);
    return { status: response.status, range: of('content-range'), length: of('content-length'), got };
  };
  const part = (from: number, to: number) => ({
    status: 206,
    range: `bytes ${from}-${to}/1000`,
    length: String(to - from + 1),
    got: bytes.slice(from, to + 1),
  });
  const whole = { status: 200, range: null, length: '1000', got: bytes };
  expect(await ask({})).toEqual(whole);
  expect(await ask({ Range: 'bytes=0-' })).toEqual(part(0, 999));
  expect(await ask({ Range: 'bytes=0-1' })).toEqual(part(0, 1));
  expect(await ask({ Range: 'bytes=900-' })).toEqual(part(900, 999));
  expect(await ask({ Range: 'bytes=-100' })).toEqual(part(900, 999));
  expect(await ask({ Range: 'bytes=-5000' })).toEqual(part(0, 999));
  expect(await ask({ Range: 'bytes=990-5000' })).toEqual(part(990, 999));
  for (const Range of ['bytes=5-4', 'bytes=0-1,5-6', 'pages=1-2', 'bytes=-', 'bytes=x']) {
    expect({ Range, ...(await ask({ Range })) }).toEqual({ Range, ...whole });
  }
  for (const Range of ['bytes=1000-', 'bytes=5000-6000', 'bytes=-0']) {
    expect({ Range, ...(await ask({ Range })) }).toMatchObject({ Range, status: 416, range: 'bytes */1000' });
  }
  const etag = `"${body.id}"`;
  expect((await world.raw(path)).headers.get('etag')).toBe(etag);
  expect(await ask({ Range: 'bytes=0-1', 'If-Range': etag })).toEqual(part(0, 1));
  expect(await ask({ Range: 'bytes=0-1', 'If-Range': '"another"' })).toEqual(whole);
  expect(await ask({ 'If-None-Match': etag })).toMatchObject({ status: 304, got: new Uint8Array() });
  expect(await ask({ 'If-None-Match': `W/"x", ${etag}` })).toMatchObject({ status: 304 });
  // The condition comes before the range (RFC 9110, section 13.2.2).
  expect(await ask({ 'If-None-Match': etag, Range: 'bytes=1000-' })).toMatchObject({ status: 304 });
  expect(await ask({ 'If-None-Match': '"another"' })).toEqual(whole);
  expect(await ask({}, 'HEAD')).toEqual({ ...whole, got: new Uint8Array() });
  expect(await ask({ Range: 'bytes=0-1' }, 'HEAD')).toEqual({ ...part(0, 1), got: new Uint8Array() });
});

test('a guessed URL, another name, `..` and odd spellings are one 404', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await upload(world, PNG, { token, query: '?filename=cat.png' });
  const [, , secret = ''] = pathOf(body.url).split('/');
  const changed = `${secret[0] === 'A' ? 'B' : 'A'}${secret.slice(1)}`;
  const paths = [
    `/files/${changed}/cat.png`,
    `/files/${secret}/dog.png`,
    `/files/${secret}/cat.png%00`,
    `/files/${secret}/cat%2Epng`.replace('cat%2E', '%63at%2F.'),
    `/files/${secret}/..%2fcat.png`,
    `/files/${secret.toLowerCase()}/cat.png`,
    `/files/${secret.slice(1)}/cat.png`,
    `/files/${body.id}/cat.png`,
    `/files/%27%20OR%201=1/cat.png`,
    `/files/__proto__/cat.png`,
  ];
  for (const path of paths) {
    const { status, body: problem } = await world.call(path);
    expect({ path, status, code: problem.code, detail: problem.detail }).toEqual({
      path,
      status: 404,
      code: 'not_found',
      detail: 'There is no such file.',
    });
  }
  for (const path of [
    '/files',
    '/files/',
    `/files/${secret}`,
    `/files/${secret}/../${secret}`,
    '/files/../v1x',
  ]) {
    expect((await world.call(path)).status).toBe(404);
  }
  expect((await world.raw(`/files/${secret}/cat.png?v=1`)).status).toBe(200);
  expect((await world.call(pathOf(body.url), { method: 'POST' })).status).toBe(405);
});

test('G1: nobody sees, lists or deletes a file of another customer', async ({ expect }) => {
  const world = createWorld();
  const owner = await world.tenant();
  const other = await world.tenant();
  const token = async (narrower: object) => (await browserToken(world, owner, narrower)).token;
  const [uploader, sibling] = [await token({}), await token({})];
  const [user, sameUser, otherUser] = [
    await token({ endUser: 'u1' }),
    await token({ endUser: 'u1' }),
    await token({ endUser: 'u2' }),
  ];
  const byToken = (await upload(world, PNG, { token: uploader })).body;
  const byUser = (await upload(world, PNG, { token: user })).body;
  const idsOf = async (caller: string) =>
    (await world.call('/v1/files', { token: caller })).body.items.map((f: any) => f.id);
  expect(new Set(await idsOf(owner.token))).toEqual(new Set([byToken.id, byUser.id]));
  expect(await idsOf(uploader)).toEqual([byToken.id]);
  expect(await idsOf(sameUser)).toEqual([byUser.id]);
  for (const stranger of [sibling, otherUser, other.token]) {
    expect(await idsOf(stranger)).toEqual([]);
  }
  const missing = await world.call('/v1/files/file_0000000000000000000000', {
    method: 'DELETE',
    token: other.token,
  });
  expect(missing.status).toBe(404);
  for (const [caller, id] of [
    [other.token, byToken.id],
    [sibling, byToken.id],
    [user, byToken.id],
    [otherUser, byUser.id],
    [owner.token, 'x'],
  ]) {
    const { status, body } = await world.call(`/v1/files/${id}`, { method: 'DELETE', token: caller });
    expect({ ...body, status, trace_id: '' }).toEqual({ ...missing.body, status: 404, trace_id: '' });
  }
  expect((await world.call(`/v1/files/${byUser.id}`, { method: 'DELETE', token: sameUser })).status).toBe(
    204,
  );
  expect((await world.call(`/v1/files/${byToken.id}`, { method: 'DELETE', token: owner.token })).status).toBe(
    204,
  );
  expect(await leftOf(owner.id)).toEqual(NOTHING);
});

const LIMIT = 20 * PNG.length + 5;
const OWNERS: { scope: string; fields: object; keyFields: object; tokenLimits?: object }[] = [
  { scope: 'customer', fields: { limits: { files_bytes: LIMIT } }, keyFields: {} },
  { scope: 'key', fields: {}, keyFields: { limits: { files_bytes: LIMIT } } },
  { scope: 'token', fields: {}, keyFields: {}, tokenLimits: { files_bytes: LIMIT } },
];

test.for(OWNERS)(
  '50 uploads race for the files_bytes of a $scope: as many are taken as there is room for',
  async ({ scope, fields, keyFields, tokenLimits }, { expect }) => {
    const world = createWorld();
    const owner = await world.tenant(fields, keyFields);
    const token =
      tokenLimits === undefined
        ? owner.token
        : (await browserToken(world, owner, { limits: tokenLimits })).token;
    const isolates = [world, world.isolate(), world.isolate()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => upload(world, PNG, { token, by: isolates[index % 3]! })),
    );
    const taken = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 429);
    expect([taken.length, refused.length]).toEqual([20, 30]);
    expect(refused[0]!.body).toMatchObject({
      code: 'files_limit',
      error_code: 429001,
      limit: { scope, name: 'files_bytes', max: LIMIT, used: 20 * PNG.length, left: 5 },
    });
    expect(await stored(owner.id)).toBe(20 * PNG.length);
    expect((await rows(owner.id)).map(({ state }) => state)).toEqual(Array(20).fill('stored'));
    const own = (await world.call('/v1/key', { token })).body.limits;
    expect(own).toContainEqual({ scope, name: 'files_bytes', max: LIMIT, used: 20 * PNG.length, left: 5 });
    // One goes, one fits.
    await world.call(`/v1/files/${taken[0]!.body.id}`, { method: 'DELETE', token });
    expect((await upload(world, PNG, { token })).status).toBe(201);
    expect((await upload(world, PNG, { token })).status).toBe(429);
    // A limit of files stops no submit.
    await world.admin('PATCH', `/admin/customers/${owner.id}`, { limits: { files_bytes: 1 } });
    expect((await world.submit(owner.token)).status).toBe(200);
    expect(await differences(world)).toEqual([]);
  },
);

test('files_bytes of a plan applies to its customers, and their own limit takes precedence', async ({
  expect,
}) => {
  const world = createWorld();
  const plan = { name: `plan ${crypto.randomUUID()}`, limits: { files_bytes: PNG.length + 5 } };
  const { body: made } = await world.admin('POST', '/admin/plans', plan);
  const owner = await world.tenant({ plan: made.id });
  const freer = await world.tenant({ plan: made.id, limits: { files_bytes: LIMIT } });
  for (const { token } of [owner, freer]) {
    expect((await upload(world, PNG, { token })).status).toBe(201);
  }
  const { status, body } = await upload(world, PNG, owner);
  expect({ status, body }).toMatchObject({
    status: 429,
    body: {
      code: 'files_limit',
      limit: { scope: 'customer', name: 'files_bytes', max: PNG.length + 5, left: 5 },
    },
  });
  expect((await upload(world, PNG, freer)).status).toBe(201);
});

test('the limit of the gateway is the operator’s secret; a page gets no figures of its customer', async ({
  expect,
}) => {
  const world = createWorld();
  const owner = await world.tenant({ limits: { files_bytes: PNG.length } });
  const page = (await browserToken(world, owner)).token;
  expect((await upload(world, PNG, { token: page })).status).toBe(201);
  const { status, body } = await upload(world, PNG, { token: page });
  expect({ status, code: body.code, limit: body.limit }).toEqual({
    status: 429,
    code: 'files_limit',
    limit: undefined,
  });
  expect(body.detail).not.toMatch(/\d/);
  await world.admin('PATCH', '/admin/settings', { limits: { files_bytes: 0 } });
  const full = await upload(world, PNG, { token: owner.token });
  await world.admin('PATCH', '/admin/settings', { limits: null });
  expect(full).toMatchObject({ status: 503, body: { code: 'gateway_limit' } });
  expect(full.body.limit).toBeUndefined();
  await world.call(`/v1/files/${(await world.call('/v1/files', { token: owner.token })).body.items[0].id}`, {
    method: 'DELETE',
    token: owner.token,
  });
});

test('a browser token without a limit of its own stores 250 MB; POST /v1/tokens sets another', async ({
  expect,
}) => {
  const world = createWorld();
  const owner = await world.tenant();
  const { body: narrow } = await world.call('/v1/tokens', {
    method: 'POST',
    token: owner.token,
    body: { models: ['bytedance/*'], max_files_bytes: 20 },
  });
  expect(narrow.limits).toMatchObject({ files_bytes: 20 });
  expect(await upload(world, PNG, { token: narrow.token })).toMatchObject({
    status: 429,
    body: { limit: { max: 20 } },
  });
  const { id, token } = await browserToken(world, owner);
  await env.DB.prepare(`INSERT INTO file_bytes (subject, bytes) VALUES (?1, 249999990)`).bind(id).run();
  expect(await upload(world, PNG, { token })).toMatchObject({
    status: 429,
    body: { limit: { scope: 'token', max: 250_000_000, used: 249_999_990 } },
  });
  await env.DB.prepare('DELETE FROM file_bytes WHERE subject = ?1').bind(id).run();
});

test('a revoked key or a suspended customer reserves nothing', async ({ expect }) => {
  const world = createWorld();
  const owner = await world.tenant();
  const page = await browserToken(world, owner);
  const [one, two] = [world.isolate(), world.isolate()];
  for (const isolate of [one, two]) {
    await isolate.call('/v1/key', { token: owner.token });
    await isolate.call('/v1/key', { token: page.token });
  }
  // These isolates still know both for some seconds.
  await world.admin('PATCH', `/admin/customers/${owner.id}`, { status: 'suspended' });
  expect((await upload(world, PNG, { token: owner.token, by: one })).body.code).toBe('customer_suspended');
  await world.admin('PATCH', `/admin/customers/${owner.id}`, { status: 'active' });
  await world.admin('DELETE', `/admin/keys/${owner.keyId}`);
  for (const token of [owner.token, page.token]) {
    expect(await upload(world, PNG, { token, by: two })).toMatchObject({
      status: 401,
      body: { code: 'invalid_key' },
    });
  }
  expect(await rows(owner.id)).toEqual([]);
});

test('R2 fails: 503, and nothing is left', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { bucket, at } = failingBucket(env.FILES);
  const by = world.isolate({ FILES: bucket });
  for (const failure of ['before', 'after'] as const) {
    at.put = failure;
    expect(await upload(world, PNG, { token, by })).toMatchObject({
      status: 503,
      body: { code: 'storage_unavailable' },
    });
    await world.idle();
    expect(await leftOf(id)).toEqual(NOTHING);
  }
});

/** A body that sends a byte at a time until nobody reads it any more. */
function drip(first: Uint8Array) {
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      await scheduler.wait(1);
      controller.enqueue(new Uint8Array(1));
    },
  });
}

test('100 MB go through flat memory: no more of the body is taken than R2 has taken', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const length = 100_000_000;
  let given = 0;
  let taken = 0;
  let most = 0;
  const body = new ReadableStream({
    pull(controller) {
      const piece = given === 0 ? padBytes(MP4, 65_536) : new Uint8Array(Math.min(65_536, length - given));
      given += piece.length;
      most = Math.max(most, given - taken);
      controller.enqueue(piece);
      if (given === length) {
        controller.close();
      }
    },
  });
  const bucket = {
    async put(_key: string, value: ReadableStream<Uint8Array>) {
      for await (const piece of value) {
        taken += piece.length;
      }
      return {};
    },
    delete: async () => {},
  };
  const by = world.isolate({ FILES: bucket });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Length': String(length) };
  const response = await by.raw('/v1/files', { method: 'POST', headers, body });
  expect(response.status).toBe(201);
  expect([given, taken]).toEqual([length, length]);
  expect(most).toBeLessThan(2 ** 20);
});

test('R2 fails while a body still arrives: the gateway does not wait for the rest', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { bucket, at } = failingBucket(env.FILES);
  at.put = 'before';
  const by = world.isolate({ FILES: bucket });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Length': '1000000' };
  const response = await by.raw('/v1/files', { method: 'POST', headers, body: drip(PNG) });
  expect(response.status).toBe(503);
  expect(await leftOf(id)).toEqual(NOTHING);
});

/** The statements of an upload and of a removal, by something that only they hold. */
const STEPS = {
  reserve: 'INSERT INTO files',
  confirm: "SET state = 'stored'",
  mark: "SET state = 'gone'",
  row: 'DELETE FROM files',
};

test.for([
  ['reserve', 'before'],
  ['reserve', 'after'],
  ['confirm', 'before'],
  ['confirm', 'after'],
] as const)(
  'D1 fails at %s (%s it took effect): what is left is swept',
  async ([step, failure], { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    const { db, calls } = failingDb(env.DB);
    calls.match = STEPS[step];
    calls.failure = failure;
    const by = world.isolate({ DB: db });
    expect(await upload(world, PNG, { token, by })).toMatchObject({
      status: 503,
      body: { code: 'storage_unavailable' },
    });
    await world.idle();
    world.clock.advance(6 * HOUR_MS);
    await sweepFiles(world.deps);
    expect(await leftOf(id)).toEqual(NOTHING);
  },
);

test('a lost answer of a confirmation is repeated, and the file is stored', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.match = STEPS.confirm;
  calls.decide = () => (calls.calls === 1 ? 'after' : 'none');
  const { status, body } = await upload(world, PNG, { token, by: world.isolate({ DB: db }) });
  expect(status).toBe(201);
  expect(await rows(id)).toMatchObject([{ id: body.id, state: 'stored' }]);
  await world.call(`/v1/files/${body.id}`, { method: 'DELETE', token });
});

test('D1 is away from the put on: nobody gets the file, and the cron deletes it', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  calls.decide = () => (isAway ? 'before' : 'none');
  const { bucket, at } = failingBucket(env.FILES);
  let isAway = false;
  at.meet = async () => {
    isAway = true;
  };
  const by = world.isolate({ DB: db, FILES: bucket });
  expect((await upload(world, PNG, { token, by })).status).toBe(503);
  expect(await rows(id)).toMatchObject([{ state: 'reserved' }]);
  expect(world.logs).toContainEqual(
    expect.objectContaining({ event: 'files_left', level: 'warn', count: 1 }),
  );
  // Its bytes count, until it is due: an upload may still be on its way.
  world.clock.advance(6 * HOUR_MS - 1);
  await sweepFiles(world.deps);
  expect(await stored(id)).toBe(PNG.length);
  expect((await world.call('/v1/files', { token })).body.items).toEqual([]);
  world.clock.advance(1);
  await sweepFiles(world.deps);
  expect(await leftOf(id)).toEqual(NOTHING);
});

test.for(['before', 'after'] as const)(
  'swept %s its bytes are in R2: the upload leaves nothing',
  async (when, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    const { bucket, at } = failingBucket(env.FILES);
    const sweep = async () => {
      await env.DB.prepare('UPDATE files SET due_at_ms = 0 WHERE customer_id = ?1').bind(id).run();
      await sweepFiles(world.deps);
    };
    const real = bucket.put.bind(bucket);
    bucket.put = (async (...args: Parameters<typeof real>) => {
      if (when === 'before') {
        await sweep();
        return real(...args);
      }
      const object = await real(...args);
      await sweep();
      return object;
    }) as typeof bucket.put;
    expect(await upload(world, PNG, { token, by: world.isolate({ FILES: bucket }) })).toMatchObject({
      status: 503,
    });
    expect(at.calls).toContain('delete');
    expect(await leftOf(id)).toEqual(NOTHING);
  },
);

test('the sweep has marked it and R2 did not answer yet: a confirmation comes too late', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { bucket, at } = failingBucket(env.FILES);
  at.meet = async (verb) => {
    if (verb === 'put') {
      await env.DB.prepare(`UPDATE files SET state = 'gone' WHERE customer_id = ?1`).bind(id).run();
    }
  };
  const by = world.isolate({ FILES: bucket });
  expect(await upload(world, PNG, { token, by })).toMatchObject({ status: 503 });
  expect(await leftOf(id)).toEqual(NOTHING);
});

test('R2 fails in a deletion: nobody gets the file, its bytes count, and the cron retries', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { bucket, at } = failingBucket(env.FILES);
  const by = world.isolate({ FILES: bucket });
  const { body } = await upload(world, PNG, { token });
  at.delete = 'before';
  expect((await by.call(`/v1/files/${body.id}`, { method: 'DELETE', token })).status).toBe(204);
  expect((await world.call(pathOf(body.url))).status).toBe(404);
  expect(await leftOf(id)).toMatchObject({
    rows: [{ state: 'gone' }],
    bytes: PNG.length,
    objects: [body.id],
  });
  await sweepFiles(by.deps);
  expect(await stored(id)).toBe(PNG.length);
  await sweepFiles(world.deps);
  expect(await leftOf(id)).toEqual(NOTHING);
});

test('the isolate dies between R2 and the row: the cron deletes the row', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { db, calls } = failingDb(env.DB);
  const { body } = await upload(world, PNG, { token });
  calls.match = STEPS.row;
  calls.failure = 'before';
  const by = world.isolate({ DB: db });
  expect((await by.call(`/v1/files/${body.id}`, { method: 'DELETE', token })).status).toBe(204);
  expect(await leftOf(id)).toMatchObject({ rows: [{ state: 'gone' }], objects: [] });
  await sweepFiles(world.deps);
  expect(await leftOf(id)).toEqual(NOTHING);
});

test('two deletions of one file at once: one succeeds, once', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await upload(world, PNG, { token });
  const deleting = [world, world.isolate()].map((one) =>
    one.call(`/v1/files/${body.id}`, { method: 'DELETE', token }),
  );
  const answers = (await Promise.all(deleting)).map(({ status }) => status);
  expect(answers.toSorted((one, other) => one - other)).toEqual([204, 404]);
  expect(await leftOf(id)).toEqual(NOTHING);
  expect(await auditOf(body.id)).toHaveLength(1);
});

test('a file is gone after files_days, first from sight, then from R2', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const seven = (await upload(world, PNG, { token })).body;
  expect((await world.admin('PATCH', '/admin/settings', { files_days: 1 })).body.files_days).toBe(1);
  const one = (await upload(world, PNG, { token })).body;
  await world.admin('PATCH', '/admin/settings', { files_days: 7 });
  expect(Date.parse(one.expires_at)).toBe(world.clock.now() + DAY_MS);
  world.clock.advance(DAY_MS - 1500);
  const last = await world.raw(pathOf(one.url));
  expect([last.status, last.headers.get('cache-control')]).toEqual([200, 'private, max-age=1']);
  await last.arrayBuffer();
  world.clock.advance(1500);
  expect((await world.call(pathOf(one.url))).status).toBe(404);
  expect((await world.call('/v1/files', { token })).body.items.map((file: any) => file.id)).toEqual([
    seven.id,
  ]);
  expect((await world.call(`/v1/files/${one.id}`, { method: 'DELETE', token })).status).toBe(404);
  await runTrigger(world.deps, SCHEDULES.books);
  expect(await leftOf(id)).toMatchObject({
    rows: [{ id: seven.id }],
    bytes: PNG.length,
    objects: [seven.id],
  });
  const concerns = async () =>
    (await world.admin('GET', '/admin/health')).body.concerns.filter(
      (one_: any) => one_.code === 'files_behind',
    );
  world.clock.advance(6 * DAY_MS + HOUR_MS);
  expect(await concerns()).toEqual([]);
  world.clock.advance(1);
  expect(await concerns()).toEqual([
    { code: 'files_behind', detail: expect.stringContaining('are still in R2') },
  ]);
  await sweepFiles(world.deps);
  expect(await concerns()).toEqual([]);
  expect(await leftOf(id)).toEqual(NOTHING);
});

test('without a bucket 501, and all else works', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const off = world.isolate({ FILES: undefined });
  const { body } = await upload(world, PNG, { token });
  const answers = [
    await upload(world, PNG, { token, by: off }),
    await off.call('/v1/files', { token }),
    await off.call(`/v1/files/${body.id}`, { method: 'DELETE', token }),
    await off.call(pathOf(body.url)),
  ];
  expect(answers.map(({ status, body: problem }) => [status, problem.code])).toEqual(
    answers.map(() => [501, 'files_off']),
  );
  world.clock.advance(8 * DAY_MS);
  await runTrigger(off.deps, SCHEDULES.books);
  expect((await off.submit(token)).status).toBe(200);
  expect(await objects()).toEqual([body.id]);
  await sweepFiles(world.deps);
  expect(await objects()).toEqual([]);
});

test('a submit is checked from what is known of the caller’s own file, without a fetch', async ({
  expect,
}) => {
  const world = createWorld();
  const owner = await world.tenant();
  const other = await world.tenant();
  const page = (await browserToken(world, owner)).token;
  const submit = (token: string, url: string) =>
    world.submit(token, { prompt: 'a lighthouse', image_urls: [url] }, IMAGE_TO_VIDEO);
  const good = (await upload(world, PNG, { token: page })).body;
  const huge = (await upload(world, png({ width: 9000, height: 9000 }), { token: owner.token })).body;
  const film = (await upload(world, MP4, { token: owner.token })).body;
  for (const token of [page, owner.token]) {
    expect(await submit(token, good.url)).toMatchObject({ status: 200 });
  }
  expect(world.runcomfy.accepted().jobs.map(({ body }) => body['image_urls'])).toEqual([
    [good.url],
    [good.url],
  ]);
  const gone = (await upload(world, PNG, { token: owner.token })).body;
  await world.call(`/v1/files/${gone.id}`, { method: 'DELETE', token: owner.token });
  const unknown = [
    await submit(other.token, good.url),
    await submit(owner.token, gone.url),
    await submit(owner.token, 'https://gate.test/files/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/cat.png'),
  ].map(({ status, body }) => [status, body.errors?.map(({ message }: any) => message)]);
  expect(unknown).toEqual(
    [1, 2, 3].map(() => [
      422,
      [
        'image_urls[0] cannot be used: there is no such file of yours: it was deleted, has expired, or never was.',
      ],
    ]),
  );
  expect(await submit(owner.token, film.url)).toMatchObject({ status: 422 });
  expect((await submit(owner.token, film.url)).body.detail).toContain('it is no image');
  expect((await submit(owner.token, 'https://gate.test/v1/key')).body.detail).toContain('cannot be used');
  expect((await submit(owner.token, good.url.replace('https://', 'https://x:y@'))).status).toBe(422);
  expect(await submit(owner.token, huge.url)).toMatchObject({ status: 422 });
});
