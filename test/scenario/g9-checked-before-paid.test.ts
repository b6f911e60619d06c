// G9: what breaks the schema, the media rules or the LoRA names is refused before money, quota or RunComfy are touched,
// and a customer whose limits have no room cannot make the gateway fetch.

import { test } from 'vitest';
import { booksOf } from '../support/books.ts';
import { png } from '../support/images.ts';
import { serve } from '../support/network.ts';
import { expectRefusal } from '../support/problem.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, IMAGE_TO_VIDEO, type World } from '../support/world.ts';

/** A host of pictures named by their size, and how often it was asked. */
function pictures(host: string): { asked: () => number } {
  let asked = 0;
  serve(host, async (request) => {
    asked += 1;
    const [, width, height] = /(\d+)x(\d+)\.png$/.exec(new URL(request.url).pathname) ?? [];
    return width === undefined || height === undefined
      ? new Response('secret words of the host', { status: 404 })
      : new Response(png({ width: Number(width), height: Number(height) }));
  });
  return { asked: () => asked };
}

const animate = (url: unknown, more: object = {}) => ({ prompt: 'it moves', image_urls: [url], ...more });

const NOTHING = { jobs: 0, holds: 0, heldMicros: 0, requests: {} };

type Case = [name: string, input: object, path: string];
const cases: Case[] = [
  ['a picture too small', animate('https://pics.example.com/320x400.png'), 'image_urls[0]'],
  ['a picture too wide', animate('https://pics.example.com/4097x2000.png'), 'image_urls[0]'],
  ['a picture too long', animate('https://pics.example.com/1600x400.png'), 'image_urls[0]'],
  ['a picture that is not there', animate('https://pics.example.com/none.png'), 'image_urls[0]'],
  ['http', animate('http://pics.example.com/400x400.png'), 'image_urls[0]'],
  ['the gateway itself', animate('https://gate.test/v1/models'), 'image_urls[0]'],
  ['an address', animate('https://2130706433/400x400.png'), 'image_urls[0]'],
  ['what is no picture', animate('data:image/png;base64,aGVsbG8gd29ybGQ='), 'image_urls[0]'],
  ['a wrong type', animate(7), 'image_urls[0]'],
  ['a missing input', { prompt: 'x' }, 'image_urls'],
  ['a value that is not listed', animate('https://pics.example.com/400x400.png', { frames: 120 }), 'frames'],
];

test.for(cases)('%s costs nothing', async ([, input, path], { expect }) => {
  pictures('pics.example.com');
  const world = createWorld();
  const sent = tapUpstream(world);
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const reply = await world.submit(token, input, IMAGE_TO_VIDEO);
  expectRefusal(expect, reply, {
    status: 422,
    code: 'invalid_input',
    errorCode: 422001,
    detail: /\w/,
    also: ['errors'],
  });
  expect(reply.body.errors[0].path).toBe(path);
  expect(JSON.stringify(reply.body)).not.toContain('secret words');
  await world.idle();
  expect(sent).toEqual([]);
  expect(await booksOf(id)).toMatchObject(NOTHING);
  // The one request of the day is still there.
  const good = animate('https://pics.example.com/400x400.png');
  expect((await world.submit(token, good, IMAGE_TO_VIDEO)).status).toBe(200);
});

const poor: [name: string, spoil: (world: World, id: string) => Promise<unknown>, status: number][] = [
  ['no request left', (world, id) => limits(world, id, { requests_per_day: 0 }), 429],
  ['no money left', (world, id) => limits(world, id, { spend_total_usd: 0.01 }), 402],
  ['a suspended account', (world, id) => patch(world, id, { status: 'suspended' }), 403],
  ['submits switched off', (world) => world.admin('PATCH', '/admin/settings', { submits: 'off' }), 503],
];

const patch = (world: World, id: string, change: object) =>
  world.admin('PATCH', `/admin/customers/${id}`, change);
const limits = (world: World, id: string, change: object) => patch(world, id, { limits: change });

test.for(poor)('with %s nobody makes the gateway fetch', async ([, spoil, status], { expect }) => {
  const host = pictures('poor.example.com');
  const world = createWorld();
  const { id, token } = await world.tenant();
  await spoil(world, id);
  const reply = await world.submit(token, animate('https://poor.example.com/400x400.png'), IMAGE_TO_VIDEO);
  await world.admin('PATCH', '/admin/settings', { submits: 'on' });
  expect(reply.status).toBe(status);
  expect(host.asked()).toBe(0);
  expect(await booksOf(id)).toMatchObject(NOTHING);
});

test('media are looked at last: an input that the schema refuses, an unpriced model and a LoRA name fetch nothing', async ({
  expect,
}) => {
  const host = pictures('last.example.com');
  const url = 'https://last.example.com/400x400.png';
  const world = createWorld();
  const { token } = await world.tenant();
  expect((await world.submit(token, animate(url, { frames: 1 }), IMAGE_TO_VIDEO)).status).toBe(422);
  const lora = { lora: { path: 'secret.safetensors' } };
  expect((await world.submit(token, animate(url, lora), IMAGE_TO_VIDEO)).status).toBe(403);
  const { price } = (await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, {})).body;
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { price: null });
  expect((await world.submit(token, animate(url), IMAGE_TO_VIDEO)).status).toBe(503);
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { price });
  expect(host.asked()).toBe(0);
});

test('a model’s media mode: "advise" forwards with a warning, "off" does not check', async ({ expect }) => {
  const host = pictures('mode.example.com');
  const world = createWorld();
  const { id, token } = await world.tenant();
  const submit = async (media: string, size: string) => {
    await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { media });
    return world.submit(token, animate(`https://mode.example.com/${size}.png`), IMAGE_TO_VIDEO);
  };
  const advised = await submit('advise', '300x400');
  expect(advised.status).toBe(200);
  expect(advised.headers.get('Comfygate-Warning')).toContain('300x400');
  const asked = host.asked();
  const off = await submit('off', '301x400');
  expect(off.status).toBe(200);
  expect(off.headers.get('Comfygate-Warning')).toBeNull();
  expect(host.asked()).toBe(asked);
  expect((await submit('enforce', '302x400')).status).toBe(422);
  expect(await booksOf(id)).toMatchObject({ jobs: 2, holds: 2 });
});

test('a host that cannot be asked lets the submit through, with a warning', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const reply = await world.submit(
    token,
    animate('https://nobody-is-there.example.com/a.png'),
    IMAGE_TO_VIDEO,
  );
  expect(reply.status).toBe(200);
  expect(reply.headers.get('Comfygate-Warning')).toContain('image_urls[0] was not checked');
});

test('the limits are counted at the gate, not when the probes began', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-03-05T23:59:59.000Z'));
  serve('slow.example.com', async () => {
    world.clock.advance(2000);
    return new Response(png({ width: 400, height: 400 }));
  });
  const { id, token } = await world.tenant();
  expect((await world.submit(token, animate('https://slow.example.com/a.png'), IMAGE_TO_VIDEO)).status).toBe(
    200,
  );
  const { items } = (await world.admin('GET', `/admin/jobs?customer=${id}`)).body;
  expect(items[0].created_at).toBe('2026-03-06T00:00:01.000Z');
});

test('two submits that pass the probes at once still take one slot only', async ({ expect }) => {
  pictures('race.example.com');
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1 } });
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      world.submit(token, animate(`https://race.example.com/40${index}x400.png`), IMAGE_TO_VIDEO),
    ),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await booksOf(id)).toMatchObject({ jobs: 1, holds: 1 });
});
