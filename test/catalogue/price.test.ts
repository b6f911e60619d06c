import * as fc from 'fast-check';
import { test } from 'vitest';
import { priceBody, showPrice } from '../../src/catalogue/price-format.ts';
import { quote, unitPrice, type Price, type Terms } from '../../src/catalogue/price.ts';
import { microsOf } from '../../src/lib/money.ts';

const micros = (value: number) => microsOf(value)!;
const atMarkup = (markupE4: number): Terms => ({ markupE4, ownUnitMicros: null });
const priceOf = (body: object): Price => priceBody.parse(body);

test.for([
  [50_000, 10_000, 50_000],
  [50_000, 12_500, 62_500],
  [1, 15_000, 2],
  [1, 14_999, 1],
  [3, 5_000, 2],
  [70_000, 0, 0],
] as const)('a list price of %d at a mark-up of %d is %d', ([list, markup, unit], { expect }) => {
  expect(unitPrice({ usdMicros: micros(list), unit: 'output' }, atMarkup(markup))).toBe(unit);
});

const schema = {
  type: 'object',
  properties: {
    frames: { type: 'integer', enum: [121, 241], default: 121 },
    duration: { type: 'string', enum: ['auto', '5', '20'], default: 'auto' },
    seconds: { type: 'integer', minimum: 3, maximum: 15, default: 10 },
    open: { type: 'integer', minimum: 1 },
    resolution: { type: 'string', enum: ['1K', '2K', '4K'], default: '1K' },
    audio: { type: 'boolean', default: true },
    tier: { type: 'string', enum: ['low', 'high'] },
    length: { enum: ['auto', null, ''] },
    mode: { enum: ['auto'] },
  },
};

type Case = [what: string, price: object, input: object, estimate: number | 'unpriced', isRange?: boolean];
const cases: Case[] = [
  ['one output', { usd: 0.04, unit: 'output' }, {}, 40_000],
  ['outputs by an input', { usd: 0.04, unit: 'output', quantity: 'seconds' }, { seconds: 4 }, 160_000],
  ['121 frames are 5 s', { usd: 0.05, unit: 'second', quantity: 'frames' }, { frames: 121 }, 250_000],
  ['241 frames are 10 s', { usd: 0.05, unit: 'second', quantity: 'frames' }, { frames: 241 }, 500_000],
  ['absent: the default', { usd: 0.05, unit: 'second', quantity: 'frames' }, {}, 250_000],
  ['absent: the default of seconds', { usd: 0.05, unit: 'second', quantity: 'seconds' }, {}, 500_000],
  ['seconds as they stand', { usd: 0.05, unit: 'second', quantity: 'seconds' }, { seconds: 7 }, 350_000],
  ['seconds as text', { usd: 0.05, unit: 'second', quantity: 'duration' }, { duration: '5' }, 250_000],
  [
    'auto: the maximum',
    { usd: 0.05, unit: 'second', quantity: 'duration' },
    { duration: 'auto' },
    1_000_000,
    true,
  ],
  [
    'absent with default auto: the maximum',
    { usd: 0.05, unit: 'second', quantity: 'duration' },
    {},
    1_000_000,
    true,
  ],
  ['auto and no maximum', { usd: 0.05, unit: 'second', quantity: 'open' }, { open: 'auto' }, 'unpriced'],
  [
    'frames by the output are frames',
    { usd: 1, unit: 'output', quantity: 'frames' },
    { frames: 121 },
    121_000_000,
  ],
  [
    'negative: the maximum',
    { usd: 0.05, unit: 'second', quantity: 'seconds' },
    { seconds: -1 },
    750_000,
    true,
  ],
  ['null: the maximum', { usd: 0.05, unit: 'second', quantity: 'seconds' }, { seconds: null }, 750_000, true],
  [
    'hexadecimal: the maximum',
    { usd: 0.05, unit: 'second', quantity: 'seconds' },
    { seconds: '0x1' },
    750_000,
    true,
  ],
  [
    'null: the largest factor',
    { usd: 0.04, unit: 'output', factors: { tier: { low: 0.5, high: 0.8 } } },
    { tier: null },
    32_000,
    true,
  ],
  [
    'no rounding down before the last factor',
    {
      usd: 0.000001,
      unit: 'output',
      factors: { tier: { low: 0.0001 }, resolution: { '2K': 10_000 } },
      quantity: 'seconds',
    },
    { tier: 'low', resolution: '2K', seconds: 0.999 },
    1,
  ],
  ['auto and no number to be had', { usd: 0.05, unit: 'second', quantity: 'length' }, {}, 'unpriced'],
  ['no factor to be had: 1', { usd: 0.04, unit: 'output', factors: { mode: {} } }, {}, 40_000],
  ['absent and no maximum', { usd: 0.05, unit: 'second', quantity: 'open' }, {}, 'unpriced'],
  ['an input that the schema lacks', { usd: 0.05, unit: 'second', quantity: 'wrong' }, {}, 'unpriced'],
  [
    'a fraction of a thousandth rounds up',
    { usd: 1, unit: 'second', quantity: 'seconds' },
    { seconds: 0.0001 },
    1_000,
  ],
  [
    'a factor',
    { usd: 0.04, unit: 'output', factors: { resolution: { '2K': 2 } } },
    { resolution: '2K' },
    80_000,
  ],
  [
    'a value not listed: 1',
    { usd: 0.04, unit: 'output', factors: { resolution: { '2K': 2 } } },
    { resolution: '4K' },
    40_000,
  ],
  [
    'absent, default listed',
    { usd: 0.04, unit: 'output', factors: { resolution: { '1K': 0.5 } } },
    {},
    20_000,
  ],
  [
    'absent, default not listed: the largest',
    { usd: 0.04, unit: 'output', factors: { resolution: { '2K': 2, '4K': 4 } } },
    {},
    160_000,
    true,
  ],
  [
    'absent, no default: the largest',
    { usd: 0.04, unit: 'output', factors: { tier: { low: 0.5, high: 0.8 } } },
    {},
    32_000,
    true,
  ],
  [
    'auto: the largest',
    { usd: 0.04, unit: 'output', factors: { duration: { '5': 1, '20': 3 } } },
    { duration: 'auto' },
    120_000,
    true,
  ],
  ['a boolean', { usd: 0.04, unit: 'output', factors: { audio: { true: 1.25 } } }, { audio: true }, 50_000],
  ['a boolean by default', { usd: 0.04, unit: 'output', factors: { audio: { true: 1.25 } } }, {}, 50_000],
  [
    'two factors, rounded once',
    { usd: 0.000001, unit: 'output', factors: { audio: { true: 1.5 }, resolution: { '2K': 1.5 } } },
    { audio: true, resolution: '2K' },
    2,
  ],
  ['free by hand', { usd: 0, unit: 'second', quantity: 'seconds' }, { seconds: 9 }, 0],
  ['more than can be booked', { usd: 1e9, unit: 'output', quantity: 'seconds' }, { seconds: 2 }, 'unpriced'],
  [
    'a name from the prototype',
    { usd: 1, unit: 'output', factors: { audio: { true: 2 } } },
    { audio: 'toString' },
    1_000_000,
  ],
];

test.for(cases)('%s', ([, body, input, estimate, isRange = false], { expect }) => {
  const price = priceOf(body);
  const quoted = quote({ price, charge: 'estimate', schema }, atMarkup(10_000), { ...input });
  if (estimate === 'unpriced') {
    expect(quoted.kind).toBe('unpriced');
  } else {
    expect(quoted).toMatchObject({ kind: 'priced', estimateMicros: estimate, holdMicros: estimate });
    expect(quoted.kind === 'priced' && quoted.leastMicros < quoted.estimateMicros).toBe(isRange);
  }
});

test('a price reads back as it was written', ({ expect }) => {
  const body = { usd: 0.05, unit: 'second', quantity: 'frames', factors: { resolution: { '2K': 2.5 } } };
  expect(showPrice(priceOf(body))).toEqual(body);
});

test.for([
  { usd: -1, unit: 'output' },
  { usd: 0.0000001, unit: 'output' },
  { usd: 1, unit: 'minute' },
  { usd: 1, unit: 'second' },
  { usd: 1, unit: 'output', factors: { a: { b: -1 } } },
  { usd: 1, unit: 'output', factors: { a: { b: 1.00001 } } },
  { usd: 1, unit: 'output', surprise: true },
])('%j is no price', (body, { expect }) => {
  expect(priceBody.safeParse(body).success).toBe(false);
});

test('no float stands in the way: the estimate is the exact product, rounded half up once', ({ expect }) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000_000 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      (unit, thousandths, e4) => {
        const price: Price = {
          usdMicros: micros(unit),
          unit: 'output',
          quantity: 'n',
          factors: { f: { x: e4 } },
        };
        const input = { n: thousandths / 1000, f: 'x' };
        const exact = (BigInt(unit) * BigInt(thousandths) * BigInt(e4) * 2n + 10_000_000n) / 20_000_000n;
        const model = { price, charge: 'estimate', schema: {} } as const;
        expect(quote(model, atMarkup(10_000), input)).toMatchObject({
          kind: exact <= 10n ** 12n ? 'priced' : 'unpriced',
          ...(exact <= 10n ** 12n ? { estimateMicros: Number(exact) } : {}),
        });
      },
    ),
    { numRuns: 5_000, seed: 5 },
  );
});
