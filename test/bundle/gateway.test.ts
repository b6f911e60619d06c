// The deployed bundle against the simulator's, both in workerd.

import { Validator } from '@seriousme/openapi-schema-validator';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, test } from 'vitest';
import { newKeyText } from '../../src/features/keys/key.ts';
import { eventually, raise, speak, type Stage } from './support.ts';

const TEXT_TO_VIDEO = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const IMAGE_TO_VIDEO = '/v1/models/bytedance/dreamina-3-0/pro/image-to-video';

let stage: Stage;
beforeAll(async () => {
  stage = await raise();
});
afterAll(() => stage.end());

test('workerd refuses eval here, as it does in production', async ({ expect }) => {
  const script = `export default { fetch() { try { return new Response(String(new Function('return 1')())); } catch { return new Response('refused'); } } }`;
  const probe = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      compatibilityDate: '2026-10-20',
      modules: [{ type: 'ESModule', path: 'probe.js', contents: script }],
    }),
  );
  const answer = await (await probe.dispatchFetch('http://probe/')).text();
  await probe.dispose();
  expect(answer).toBe('refused');
});

test('a job is checked by its schema, submitted, polled to its end and fetched', async ({ expect }) => {
  const { token } = await stage.tenant();
  const refused = await stage.call(TEXT_TO_VIDEO, { method: 'POST', token, body: { prompt: 1, frames: 3 } });
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  expect(refused.body.errors.map((error: any) => `${error.path} ${error.rule}`).toSorted()).toEqual([
    'frames enum',
    'prompt type',
  ]);
  await stage.simulator('POST', '/_simulator/settings', { queue_ms: 0, run_ms: 0 });
  const body = { prompt: 'a lighthouse', aspect_ratio: '1920×1088(16:9)', frames: 241 };
  const submitted = await stage.call(TEXT_TO_VIDEO, { method: 'POST', token, body });
  expect(submitted.status).toBe(200);
  const result = await eventually(
    () => stage.call(new URL(submitted.body.result_url).pathname, { token }),
    (reply) => reply.body.status === 'succeeded',
  );
  expect(result.body).toMatchObject({ request_id: submitted.body.request_id, status: 'succeeded' });
  const video = await fetch(result.body.output.video);
  expect(video.headers.get('content-type')).toBe('video/mp4');
  const job = await eventually(
    () => stage.admin('GET', `/admin/jobs/${submitted.body.request_id}`),
    (reply) => reply.body.state === 'succeeded',
  );
  expect(job.body).toMatchObject({ hold_usd: 0.5, charge_usd: 0.5 });
});

test('reports that wait for one another are answered, whoever hangs up in front of them', async ({
  expect,
}) => {
  const { token } = await stage.tenant();
  const head = `GET /v1/usage HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const calls = Array.from({ length: 8 }, async () => {
    const [{ status }] = await Promise.all([stage.call('/v1/usage', { token }), speak(stage.url, [head])]);
    return status;
  });
  expect(await Promise.all(calls)).toEqual([200, 200, 200, 200, 200, 200, 200, 200]);
});

test('the documents of the API and of a model are there', async ({ expect }) => {
  const { token } = await stage.tenant();
  const { body: welcome } = await stage.call('/');
  expect(welcome.links.openapi).toBe(new URL('/openapi.json', stage.url).href);
  for (const path of ['/openapi.json', `${TEXT_TO_VIDEO}/openapi.json`]) {
    const { status, body } = await stage.call(path, { token });
    expect(status).toBe(200);
    expect(await new Validator().validate(body)).toEqual({ valid: true });
  }
});

test('G11: a refused member gets a sentence, not just "Invalid input"', async ({ expect }) => {
  const refused = await stage.admin('POST', '/admin/customers', { name: 1 });
  expect(refused).toMatchObject({
    status: 422,
    body: {
      errors: [{ path: 'name', rule: 'invalid_type', message: 'must be of type string' }],
    },
  });
});

test('a queued job is cancelled and released', async ({ expect }) => {
  const { token } = await stage.tenant();
  await stage.simulator('POST', '/_simulator/settings', { hold: 'in_queue' });
  const { body } = await stage.call(IMAGE_TO_VIDEO, {
    method: 'POST',
    token,
    body: { prompt: 'x', image_urls: ['https://playgrounds-storage-public.runcomfy.net/a.jpeg'] },
  });
  const cancelled = await stage.call(`/v1/requests/${body.request_id}/cancel`, { method: 'POST', token });
  expect(cancelled).toMatchObject({ status: 202, body: { outcome: 'cancelled' } });
  const job = await eventually(
    () => stage.admin('GET', `/admin/jobs/${body.request_id}`),
    (reply) => reply.body.state === 'cancelled',
  );
  expect(job.body).toMatchObject({ state: 'cancelled', charge_usd: 0 });
  await stage.simulator('POST', '/_simulator/settings', { hold: null });
});

test('G5: a client that hangs up right after sending has its job in the books, and it reaches its end', async ({
  expect,
}) => {
  const { token } = await stage.tenant();
  await stage.simulator('POST', '/_simulator/settings', { queue_ms: 0, run_ms: 0 });
  const prompt = `gone ${crypto.randomUUID()} [sim:submit.delay=400]`;
  const body = JSON.stringify({ prompt });
  await speak(stage.url, [
    `POST ${TEXT_TO_VIDEO} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ]);
  const accepted = await eventually(
    () => stage.simulator('GET', '/_simulator/accepted'),
    (reply) => reply.jobs.some((job: any) => job.body.prompt === prompt),
  );
  const upstream = accepted.jobs.find((job: any) => job.body.prompt === prompt);
  expect(upstream).toBeDefined();
  const found = await eventually(
    () => stage.admin('GET', `/admin/jobs?upstream_id=${upstream.id}`),
    (reply) => reply.body.items.length === 1,
  );
  const [job] = found.body.items;
  expect(job.state).toBe('running');
  const db = await stage.miniflare.getD1Database('DB', 'comfygate');
  await db.prepare('UPDATE jobs SET check_at_ms = 0 WHERE id = ?1').bind(job.id).run();
  await stage.cron();
  expect((await stage.admin('GET', `/admin/jobs/${job.id}`)).body).toMatchObject({
    state: 'succeeded',
    charge_usd: 0.25,
  });
});

test('a body cut short spends nothing', async ({ expect }) => {
  const { id, token } = await stage.tenant();
  const before = (await stage.simulator('GET', '/_simulator/accepted')).count;
  await speak(stage.url, [
    `POST ${TEXT_TO_VIDEO} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"prompt":"x"}',
  ]);
  const log = await eventually(stage.log, (lines) => lines.includes('"code":"malformed_body"'));
  expect(log).toContain('"code":"malformed_body"');
  expect((await stage.admin('GET', `/admin/jobs?customer=${id}`)).body.items).toEqual([]);
  expect((await stage.admin('GET', `/admin/customers/${id}`)).body).toMatchObject({
    held_usd: 0,
    balance_usd: 0,
  });
  expect((await stage.simulator('GET', '/_simulator/accepted')).count).toBe(before);
});

test('a body that is declared over 16 MiB is refused before it is sent', async ({ expect }) => {
  const { token } = await stage.tenant();
  const { heard, sent } = await speak(
    stage.url,
    [
      `POST ${TEXT_TO_VIDEO} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${16 * 1024 * 1024 + 1}\r\n\r\n`,
    ],
    'body_too_large',
  );
  expect(heard).toContain('HTTP/1.1 413');
  expect(sent).toBeLessThan(1_000);
});

test('a body without a length is refused at its first byte over 16 MiB, though it has not ended', async ({
  expect,
}) => {
  const { token } = await stage.tenant();
  const head =
    `POST ${TEXT_TO_VIDEO} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\n` +
    'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  const mebibyte = `100000\r\n${'x'.repeat(1024 * 1024)}\r\n`;
  // Not a byte more: a client that is still writing when the gateway hangs up may lose the answer.
  const chunks = [head, ...Array.from({ length: 16 }, () => mebibyte), '1\r\nx\r\n'];
  const { heard } = await speak(stage.url, chunks, 'body_too_large');
  expect(heard).toContain('HTTP/1.1 413');
});

test('an address that tries many keys reaches the rate limit of wrangler.toml', async ({ expect }) => {
  const { token } = await stage.tenant();
  expect((await stage.call('/v1/key', { token })).status).toBe(200);
  const statuses: number[] = [];
  while (!statuses.includes(429) && statuses.length < 200) {
    const unknown = await stage.call('/v1/key', { token: newKeyText('secret') });
    statuses.push(unknown.status);
  }
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  // Ten are free, and ten more are what the limit allows.
  expect(statuses.length).toBeGreaterThan(20);
  expect((await stage.call('/v1/key', { token })).status).toBe(200);
});
