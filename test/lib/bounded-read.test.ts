// Bodies are read up to a cap, whatever their headers say of their length.

import { test } from 'vitest';
import { readBounded, readBoundedText } from '../../src/lib/bounded-read.ts';
import { bytesInFlight } from '../../src/lib/bytes-in-flight.ts';
import { testClock } from '../support/clock.ts';

const bounds = (maxBytes: number) => {
  const clock = testClock();
  return { maxBytes, clock, held: bytesInFlight(clock).open('customer') };
};
const posted = (body: BodyInit, headers: HeadersInit) =>
  new Request('https://gate.test', { method: 'POST', body, headers });

const lengths = [
  { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' },
  { 'Content-Length': '5', 'Content-Encoding': 'zstd' },
  { 'Content-Length': '5, 5' },
  { 'Content-Length': '-5' },
  { 'Content-Length': '0x5' },
  {},
];

const stream = () => new Blob(['{"long":"body"}']).stream();
const answer = (count: number) => new Response(`[${'{},'.repeat(count - 2)}{}]`);

/** 10 MiB of declared length. */
function largeAnswer(): Response {
  const body = 'x'.repeat(10 * 2 ** 20);
  return new Response(body, { headers: { 'Content-Length': String(body.length) } });
}

const brokenStream = () =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(10));
      controller.error(new Error('cut'));
    },
  });

test.for(lengths)('no more than the cap is read with %j', async (headers, { expect }) => {
  const refused = { ok: false, reason: 'too_large' };
  expect(await readBounded(posted(stream(), headers), bounds(10))).toEqual(refused);
  expect(await readBoundedText(new Response(stream(), { headers }), bounds(10))).toEqual(refused);
  const read = await readBoundedText(new Response(stream(), { headers }), bounds(15));
  expect(read).toEqual({ ok: true, text: '{"long":"body"}' });
});

test('what is declared to be over the cap is not kept', async ({ expect }) => {
  const headers = { 'Content-Length': '99999999999999999999' };
  const refused = { ok: false, reason: 'too_large' };
  expect(await readBounded(posted('{}', headers), bounds(10))).toEqual(refused);
  expect(await readBoundedText(new Response('{}', { headers }), bounds(10))).toEqual(refused);
});

test('an answer of a declared length reserves its room at once, or is not read', async ({ expect }) => {
  const clock = testClock();
  const inFlight = bytesInFlight(clock);
  const held = inFlight.open('ada');
  const read = await readBoundedText(largeAnswer(), { maxBytes: 2 ** 24, held });
  expect(read).toMatchObject({ ok: true });
  expect(inFlight.weight()).toBe(3 * 10 * 2 ** 20);
  const refused = await readBoundedText(largeAnswer(), { maxBytes: 2 ** 24, held: inFlight.open('bob') });
  expect(refused).toEqual({ ok: false, reason: 'no_room' });
  held.release();
  expect(inFlight.weight()).toBe(0);
});

test('an answer that breaks off is broken, whatever length it declares', async ({ expect }) => {
  for (const length of ['300', '1000000']) {
    const cut = new Response(brokenStream(), { headers: { 'Content-Length': length } });
    expect(await readBoundedText(cut, bounds(2 ** 24))).toEqual({ ok: false, reason: 'broken' });
  }
});

test('an answer of more than 200,000 values is as good as none', async ({ expect }) => {
  expect(await readBoundedText(answer(200_000), bounds(2 ** 24))).toMatchObject({ ok: true });
  expect(await readBoundedText(answer(200_001), bounds(2 ** 24))).toEqual({ ok: false, reason: 'too_large' });
});
