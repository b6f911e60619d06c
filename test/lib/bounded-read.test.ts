// Bodies are read up to a cap, whatever their headers say of their length.

import { test } from 'vitest';
import { readBounded, readBoundedText } from '../../src/lib/bounded-read.ts';

const lengths = [
  { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' },
  { 'Content-Length': '5', 'Content-Encoding': 'zstd' },
  { 'Content-Length': '5, 5' },
  { 'Content-Length': '-5' },
  { 'Content-Length': '0x5' },
  {},
];

test.for(lengths)('no more than the cap is read with %j', async (headers, { expect }) => {
  const source = () => new Response(new Blob(['{"long":"body"}']).stream(), { headers });
  const refused = { ok: false, reason: 'too_large' };
  expect(await readBounded(source(), 10)).toEqual(refused);
  expect(await readBoundedText(source(), 10)).toEqual(refused);
  expect(await readBoundedText(source(), 15)).toEqual({ ok: true, text: '{"long":"body"}' });
});

test('what is declared to be over the cap is not read', async ({ expect }) => {
  const headers = { 'Content-Length': '99999999999999999999' };
  for (const read of [readBounded, readBoundedText]) {
    expect(await read(new Response('{}', { headers }), 10)).toEqual({ ok: false, reason: 'too_large' });
  }
});
