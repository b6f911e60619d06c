// The prices that the console reads from RunComfy's notes. It proposes them and never sets one by itself.

import { test } from 'vitest';
import { proposalOf } from '../../../web/src/pages/models/read-proposal.ts';

const SIZES = { resolution: { type: 'string', enum: ['1k', '2k', '4k'] } };

test.for([
  [
    '1k is billed at $0.06, 2k at $0.12, 4k at $0.24 per image.',
    SIZES,
    { usd: 0.06, unit: 'output', factors: { resolution: { '1k': 1, '2k': 2, '4k': 4 } } },
  ],
  [
    '1K is billed at $0.040 per image, 2K at $0.05.',
    SIZES,
    { usd: 0.04, unit: 'output', factors: { resolution: { '1k': 1, '2k': 1.25 } } },
  ],
  [
    'Billed at $0.18 per second.',
    { duration: { type: 'integer' } },
    { usd: 0.18, unit: 'second', quantity: 'duration' },
  ],
  // Nothing tells how many seconds it would be.
  ['Billed at $0.18 per second.', {}, { usd: 0.18, unit: 'output' }],
  ['$ 3 a video', {}, { usd: 3, unit: 'output' }],
  ['Billed by the length of the audio.', { duration: { type: 'integer' } }, null],
  ['Costs 5 credits, 1k or 2k alike.', SIZES, null],
  ['', SIZES, null],
  // Not the 2k of 12k, and nothing of a pattern.
  ['12k at $9', { size: { enum: ['2k', '.*', '(', null] } }, { usd: 9, unit: 'output' }],
] as const)('%s', ([pricing_note, properties, price], { expect }) => {
  expect(proposalOf({ pricing_note, input_schema: { type: 'object', properties } })).toEqual(price);
});

test('an unusable schema still yields the price in the note', ({ expect }) => {
  for (const input_schema of [
    {},
    { properties: null },
    { properties: [] },
    { properties: { a: null, b: 1 } },
  ]) {
    expect(proposalOf({ pricing_note: '$1', input_schema })).toEqual({ usd: 1, unit: 'output' });
  }
});
