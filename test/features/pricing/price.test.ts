import * as fc from 'fast-check';
import { test } from 'vitest';
import { isPrice, isSnapshot, showPrice } from '../../../src/features/pricing/price-format.ts';
import { priceBody } from '../../../src/http/price.ts';
import { quote, unitPrice, type Price, type Terms } from '../../../src/features/pricing/price.ts';
import { microsOf } from '../../../src/lib/money.ts';
import { randomOf, type Random } from '../../support/random.ts';

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
    capped: { type: 'integer', maximum: 12 },
    signed: { type: 'integer', minimum: -5, maximum: 10 },
    listed: { enum: ['auto', 8, '4', 6] },
    footed: { enum: ['auto', 5, 10], minimum: 3 },
    half: { type: 'number', minimum: 0.5, maximum: 2.25, default: 'auto' },
    size: { enum: ['auto', 's', 'm', 'l'], default: 'auto' },
    look: { enum: ['auto', 'plain', 'rich'], default: 'auto' },
    images: { type: 'array', items: { type: 'string' } },
    samples: { type: 'array', default: ['a', 'b'] },
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
    'absent, default not listed: 1, as if it were sent',
    { usd: 0.04, unit: 'output', factors: { resolution: { '2K': 2, '4K': 4 } } },
    {},
    40_000,
  ],
  [
    'the default sent: the same',
    { usd: 0.04, unit: 'output', factors: { resolution: { '2K': 2, '4K': 4 } } },
    { resolution: '1K' },
    40_000,
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
  [
    'text of more digits than a double has',
    { usd: 0.001, unit: 'second', quantity: 'duration' },
    { duration: '123456789.123000001' },
    123_456_789_124,
  ],
  [
    'a quantity of more than twenty decimals is not the maximum',
    { usd: 1, unit: 'second', quantity: 'half' },
    { half: 1.2345678901234567e-8 },
    1_000,
  ],
  [
    'one frame is a second at least',
    { usd: 1, unit: 'second', quantity: 'frames' },
    { frames: 1 },
    1_000_000,
  ],
  ['35 frames are one', { usd: 1, unit: 'second', quantity: 'frames' }, { frames: 35 }, 1_000_000],
  ['one image', { usd: 0.04, unit: 'image' }, {}, 40_000],
  ['images by an input', { usd: 0.04, unit: 'image', quantity: 'seconds' }, { seconds: 4 }, 160_000],
  [
    '90 s are a minute and a half',
    { usd: 5, unit: 'minute', quantity: 'seconds' },
    { seconds: 90 },
    7_500_000,
  ],
  [
    'a second of a minute is not rounded before the price',
    { usd: 5, unit: 'minute', quantity: 'seconds' },
    { seconds: 1 },
    83_333,
  ],
  ['121 frames of a minute', { usd: 6, unit: 'minute', quantity: 'frames' }, { frames: 121 }, 500_000],
  ['no input tells: up to the maximum', { usd: 0.2, unit: 'second', max_quantity: 60 }, {}, 12_000_000, true],
  ['a maximum of minutes', { usd: 5, unit: 'minute', max_quantity: 2.5 }, {}, 12_500_000, true],
  [
    'auto: the maximum that was set goes before the schema’s',
    { usd: 0.05, unit: 'second', quantity: 'duration', max_quantity: 10 },
    {},
    500_000,
    true,
  ],
  [
    'what is told counts, whatever the maximum',
    { usd: 0.05, unit: 'second', quantity: 'duration', max_quantity: 10 },
    { duration: '20' },
    1_000_000,
  ],
  [
    'a length without an end, with a maximum',
    { usd: 0.05, unit: 'second', quantity: 'open', max_quantity: 10 },
    {},
    500_000,
    true,
  ],
  [
    'each item of a list adds',
    { usd: 0.09, unit: 'second', quantity: 'seconds', adds: [{ input: 'images', usd: 0.03 }] },
    { seconds: 5, images: ['a', 'b', 'c'] },
    540_000,
  ],
  [
    'no list, no items',
    { usd: 0.09, unit: 'second', quantity: 'seconds', adds: [{ input: 'images', usd: 0.03 }] },
    { seconds: 5 },
    450_000,
  ],
  [
    'a list by default has its items',
    { usd: 0.09, unit: 'output', adds: [{ input: 'samples', usd: 0.03 }] },
    {},
    150_000,
  ],
  [
    'factors do not multiply what items add',
    { usd: 1, unit: 'output', factors: { audio: { true: 2 } }, adds: [{ input: 'images', usd: 0.5 }] },
    { audio: true, images: ['a'] },
    2_500_000,
  ],
  [
    'items beyond what can be booked',
    { usd: 1, unit: 'output', adds: [{ input: 'images', usd: 600_000 }] },
    { images: ['a', 'b'] },
    'unpriced',
  ],
  ['12 frames are one', { usd: 1, unit: 'second', quantity: 'frames' }, { frames: 12 }, 1_000_000],
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

type Range = [what: string, price: object, input: object, least: number, most: number];
const byTheSecond = (quantity: string, more: object = {}) => ({ usd: 1, unit: 'second', quantity, ...more });
const ranges: Range[] = [
  ['minimum to maximum', byTheSecond('seconds'), { seconds: 'auto' }, 3_000_000, 15_000_000],
  ['no minimum: from 0', byTheSecond('capped'), {}, 0, 12_000_000],
  ['a negative minimum: from 0', byTheSecond('signed'), {}, 0, 10_000_000],
  ['the smallest and the largest of a list', byTheSecond('listed'), { listed: 'auto' }, 4_000_000, 8_000_000],
  ['a minimum below the list', byTheSecond('footed'), {}, 3_000_000, 10_000_000],
  ['fractions', byTheSecond('half'), {}, 500_000, 2_250_000],
  [
    'factors, all values listed',
    { usd: 1, unit: 'output', factors: { size: { s: 0.5, m: 2, l: 3 } } },
    {},
    500_000,
    3_000_000,
  ],
  [
    'factors, a value not listed counts as 1',
    { usd: 1, unit: 'output', factors: { size: { m: 2, l: 3 } } },
    {},
    1_000_000,
    3_000_000,
  ],
  [
    'factors, all below 1 and one not listed',
    { usd: 1, unit: 'output', factors: { size: { s: 0.5, m: 0.25 } } },
    { size: 'auto' },
    250_000,
    1_000_000,
  ],
  [
    'quantity and two factors at once',
    byTheSecond('half', {
      factors: { size: { s: 0.5, m: 2, l: 3 }, look: { plain: 1, rich: 1.5 } },
    }),
    {},
    250_000,
    10_125_000,
  ],
  [
    'what is sent is certain, and the rest is a range',
    byTheSecond('half', { factors: { size: { s: 0.5, m: 2, l: 3 } } }),
    { size: 'm' },
    1_000_000,
    4_500_000,
  ],
  [
    'a price of 0 is 0 at any length',
    { usd: 0, unit: 'second', quantity: 'seconds' },
    { seconds: 'auto' },
    0,
    0,
  ],
];

test.for(ranges)('left to RunComfy: %s', ([, body, input, least, most], { expect }) => {
  const quoted = quote({ price: priceOf(body), charge: 'estimate', schema }, atMarkup(10_000), { ...input });
  expect(quoted).toMatchObject({
    kind: 'priced',
    leastMicros: least,
    estimateMicros: most,
    holdMicros: most,
    charge: least === most ? 'estimate' : 'cost',
  });
});

const holds: [what: string, price: object, markupE4: number, estimate: number, hold: number | 'unpriced'][] =
  [
    ['without a factor the estimate', { usd: 0.05 }, 10_000, 50_000, 50_000],
    ['a factor of 1', { usd: 0.05, hold_factor: 1 }, 10_000, 50_000, 50_000],
    ['half as much again', { usd: 0.05, hold_factor: 1.5 }, 10_000, 50_000, 75_000],
    ['a hundredfold', { usd: 0.05, hold_factor: 100 }, 10_000, 50_000, 5_000_000],
    ['rounded up, never down', { usd: 0.000001, hold_factor: 1.0001 }, 10_000, 1, 2],
    ['rounded up from a third', { usd: 0.333333, hold_factor: 1.2345 }, 10_000, 333_333, 411_500],
    ['of the estimate with the mark-up in it', { usd: 0.05, hold_factor: 2 }, 12_500, 62_500, 125_000],
    ['of nothing', { usd: 0, hold_factor: 3 }, 10_000, 0, 0],
    ['at the most that one job may be', { usd: 500_000, hold_factor: 2 }, 10_000, 5e11, 1e12],
    ['beyond that', { usd: 500_000, hold_factor: 2.0001 }, 10_000, 5e11, 'unpriced'],
  ];

test.for(holds)('charged by cost, the hold is %s', ([, body, markupE4, estimate, hold], { expect }) => {
  const price = priceOf({ unit: 'output', ...body });
  const quoted = quote({ price, charge: 'cost', schema }, atMarkup(markupE4), {});
  expect(quoted).toMatchObject(
    hold === 'unpriced'
      ? { kind: 'unpriced', reason: expect.stringContaining('beyond') }
      : { kind: 'priced', charge: 'cost', estimateMicros: estimate, holdMicros: hold },
  );
  // Where the estimate is charged the factor has no say.
  expect(quote({ price, charge: 'estimate', schema }, atMarkup(markupE4), {})).toMatchObject({
    charge: 'estimate',
    estimateMicros: estimate,
    holdMicros: estimate,
  });
});

test('the hold is a multiple of the most, where RunComfy decides', ({ expect }) => {
  const price = priceOf(byTheSecond('seconds', { hold_factor: 2 }));
  expect(quote({ price, charge: 'cost', schema }, atMarkup(10_000), { seconds: 'auto' })).toMatchObject({
    leastMicros: 3_000_000,
    estimateMicros: 15_000_000,
    holdMicros: 30_000_000,
  });
});

test.for([
  [0.04, 40_000],
  [0, 0],
  [0.000001, 1],
  [3.5, 3_500_000],
] as const)(
  'a price of one’s own of %d USD stands for list price, mark-up, charge mode and hold_factor',
  ([usd, unit], { expect }) => {
    const price = priceOf({
      usd: 7,
      unit: 'second',
      quantity: 'seconds',
      factors: { tier: { high: 2 } },
      hold_factor: 5,
    });
    for (const markupE4 of [0, 10_000, 1_000_000]) {
      for (const charge of ['estimate', 'cost'] as const) {
        const terms: Terms = { markupE4, ownUnitMicros: micros(usd * 1_000_000) };
        expect(unitPrice(price, terms)).toBe(unit);
        // Quantity and factors are the model's still.
        expect(quote({ price, charge, schema }, terms, { seconds: 4, tier: 'high' })).toEqual({
          kind: 'priced',
          unitMicros: unit,
          estimateMicros: unit * 8,
          leastMicros: unit * 8,
          holdMicros: unit * 8,
          addsMicros: 0,
          addsCostMicros: 0,
          charge: 'estimate',
          price,
          terms,
        });
      }
    }
  },
);

test.for([
  ['a million dollars', { usd: 1e6 }, 10_000, 1e12],
  ['a micro-dollar more', { usd: 1_000_000.000001 }, 10_000, 'unpriced'],
  ['a million by the mark-up', { usd: 1e4 }, 1_000_000, 1e12],
  ['more by the mark-up', { usd: 1e4 + 0.000001 }, 1_000_000, 'unpriced'],
  ['a unit beyond all amounts', { usd: 1e9 }, 10_001, 'unpriced'],
  ['a dear unit and a small factor', { usd: 1e9, factors: { tier: { low: 0.001 } } }, 10_000, 1e12],
  [
    'a dear unit and a factor too large',
    { usd: 1e9, factors: { tier: { low: 0.0011 } } },
    10_000,
    'unpriced',
  ],
] as const)('one job is a million dollars at most: %s', ([, body, markupE4, estimate], { expect }) => {
  const price = priceOf({ unit: 'output', ...body });
  expect(quote({ price, charge: 'estimate', schema }, atMarkup(markupE4), { tier: 'low' })).toMatchObject(
    estimate === 'unpriced' ? { kind: 'unpriced' } : { kind: 'priced', estimateMicros: estimate },
  );
});

test.for([
  { usd: 0.05, unit: 'second', quantity: 'frames', factors: { resolution: { '2K': 2.5, '4K': 0.0001 } } },
  { usd: 0.05, unit: 'output', hold_factor: 1 },
  { usd: 0.05, unit: 'output', hold_factor: 1.0001 },
  { usd: 0.05, unit: 'output', hold_factor: 33.3333 },
  { usd: 5, unit: 'minute', quantity: 'duration', max_quantity: 2.125 },
  { usd: 0.09, unit: 'image', adds: [{ input: 'images', usd: 0.03 }] },
  { usd: 1e9, unit: 'second', quantity: 'n', factors: { a: { b: 10_000 }, c: {} }, hold_factor: 100 },
])('a price reads back as it was written: %j', (body, { expect }) => {
  expect(showPrice(priceOf(body))).toEqual(body);
});

test.for([
  { usd: -1, unit: 'output' },
  { usd: 0.0000004, unit: 'output' },
  { usd: Number.POSITIVE_INFINITY, unit: 'output' },
  { usd: 1, unit: 'minute' },
  { usd: 1, unit: 'second' },
  { usd: 1, unit: 'hour', quantity: 'n' },
  { usd: 1, unit: 'second', max_quantity: 0 },
  { usd: 1, unit: 'second', max_quantity: -1 },
  { usd: 1, unit: 'second', max_quantity: 1.0001 },
  { usd: 1, unit: 'second', max_quantity: 1_000_001 },
  { usd: 1, unit: 'output', adds: [] },
  { usd: 1, unit: 'output', adds: [{ input: 'images' }] },
  { usd: 1, unit: 'output', adds: [{ input: 'images', usd: -1 }] },
  { usd: 1, unit: 'output', factors: { a: { b: -1 } } },
  { usd: 1, unit: 'output', factors: { a: { b: 1.00001 } } },
  { usd: 1, unit: 'output', surprise: true },
  { usd: 1, unit: 'output', hold_factor: 0.9999 },
  { usd: 1, unit: 'output', hold_factor: 0 },
  { usd: 1, unit: 'output', hold_factor: -1 },
  { usd: 1, unit: 'output', hold_factor: 100.0001 },
  { usd: 1, unit: 'output', hold_factor: 1.00001 },
  { usd: 1, unit: 'output', hold_factor: '2' },
  { usd: 1, unit: 'output', hold_factor: null },
  { usd: 1, unit: 'output', holdFactorE4: 20_000 },
])('%j is no price', (body, { expect }) => {
  expect(priceBody.safeParse(body).success).toBe(false);
});

test.for([
  [0.1 + 0.2, 300_000],
  [0.0000005, 1],
  [1.0000004999, 1_000_000],
  [1e-7 * 5, 1],
] as const)('a price of %d is rounded half up to %d', ([usd, rounded], { expect }) => {
  expect(priceOf({ usd, unit: 'output' }).usdMicros).toBe(rounded);
});

/** Rounded half up by the remainder, as money.ts does not. */
function halfUp(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  return 2n * (numerator - whole * denominator) >= denominator ? whole + 1n : whole;
}

function up(numerator: bigint, denominator: bigint): bigint {
  return numerator % denominator === 0n ? numerator / denominator : numerator / denominator + 1n;
}

/** The basis of a quote, with every number as a fraction: `quantity` is digits ÷ 10^places. */
type Sale = {
  list: number;
  markupE4: number;
  own: number | null;
  unit: 'output' | 'second' | 'minute';
  input: 'n' | 'frames';
  /** Items of a list, and what each adds. */
  adds: [items: number, micros: number][];
  quantity: { digits: number; places: number; asText: boolean };
  factorsE4: number[];
  charge: 'estimate' | 'cost';
  holdFactorE4: number;
};

function aSale(random: Random): Sale {
  const small = (max: number) => random.int(0, 10 ** random.int(0, max));
  const places = random.int(0, 6);
  return {
    list: small(9),
    markupE4: random.chance(0.3) ? 10_000 : random.int(0, 10 ** random.int(1, 6)),
    own: random.chance(0.2) ? small(9) : null,
    unit: random.pick(['output', 'second', 'minute']),
    adds: Array.from({ length: random.int(0, 2) }, () => [random.int(0, 9), small(9)]),
    input: random.pick(['n', 'n', 'frames']),
    quantity: { digits: small(8), places, asText: random.chance(0.3) },
    factorsE4: Array.from({ length: random.int(0, 3) }, () => small(6)),
    charge: random.pick(['estimate', 'cost']),
    holdFactorE4: random.chance(0.3) ? 10_000 : random.int(10_000, 1_000_000),
  };
}

/** The exact figures, or null where there is no quantity or one of them is more than one job may be. */
function reference(sale: Sale): { unit: bigint; estimate: bigint; hold: bigint; mode: string } | null {
  const { list, markupE4, own, quantity, factorsE4 } = sale;
  const unit = own === null ? halfUp(BigInt(list) * BigInt(markupE4), 10_000n) : BigInt(own);
  const [digits, divisor] = [BigInt(quantity.digits), 10n ** BigInt(quantity.places)];
  const seconds = halfUp(digits, 24n * divisor);
  const thousandths =
    sale.unit !== 'output' && sale.input === 'frames'
      ? 1000n * (seconds === 0n ? 1n : seconds)
      : up(1000n * digits, divisor);
  let [dividend, by] = [unit * thousandths, sale.unit === 'minute' ? 60_000n : 1000n];
  for (const e4 of factorsE4) {
    dividend *= BigInt(e4);
    by *= 10_000n;
  }
  const mode = own === null ? sale.charge : 'estimate';
  const added = sale.adds.map(
    ([items, each]) => BigInt(items) * halfUp(BigInt(each) * BigInt(markupE4), 10_000n),
  );
  const estimate = added.reduce((sum, one) => sum + one, halfUp(dividend, by));
  const hold = mode === 'cost' ? up(estimate * BigInt(sale.holdFactorE4), 10_000n) : estimate;
  return digits === 0n || unit > 10n ** 15n || hold > 10n ** 12n ? null : { unit, estimate, hold, mode };
}

function quoteOf(sale: Sale) {
  const { quantity, factorsE4, list, own, markupE4 } = sale;
  const number = Number(`${quantity.digits}e-${quantity.places}`);
  const price: Price = {
    usdMicros: micros(list),
    unit: sale.unit,
    quantity: sale.input,
    factors: Object.fromEntries(factorsE4.map((e4, index) => [`f${index}`, { x: e4 }])),
    adds: sale.adds.map(([, each], index) => ({ input: `list${index}`, usdMicros: micros(each) })),
    holdFactorE4: sale.holdFactorE4,
  };
  const input = {
    [sale.input]: quantity.asText ? number.toFixed(quantity.places) : number,
    ...Object.fromEntries(factorsE4.map((_, index) => [`f${index}`, 'x'])),
    ...Object.fromEntries(sale.adds.map(([items], index) => [`list${index}`, Array(items).fill('a')])),
  };
  const terms: Terms = { markupE4, ownUnitMicros: own === null ? null : micros(own) };
  return quote({ price, charge: sale.charge, schema: {} }, terms, input);
}

const STORED = { usdMicros: 50_000, unit: 'output' };

test.for([
  STORED,
  { ...STORED, unit: 'second', quantity: 'seconds' },
  { ...STORED, factors: { size: { big: 20_000 } }, holdFactorE4: 15_000 },
  { ...STORED, unit: 'minute', maxQuantityE3: 2500, adds: [{ input: 'images', usdMicros: 30_000 }] },
])('a stored price is read back: %j', (stored, { expect }) => {
  expect(isPrice(stored)).toBe(true);
  expect(isSnapshot({ ...stored, isOwn: false })).toBe(true);
});

test.for([
  null,
  [],
  {},
  { unit: 'output' },
  { ...STORED, usdMicros: '50000' },
  { ...STORED, usdMicros: 0.5 },
  { ...STORED, unit: 'hour' },
  { ...STORED, maxQuantityE3: '5' },
  { ...STORED, adds: {} },
  { ...STORED, adds: [{ input: 'images', usdMicros: 0.5 }] },
  { ...STORED, quantity: null },
  { ...STORED, factors: [] },
  { ...STORED, factors: { size: 2 } },
  { ...STORED, factors: { size: { big: 1.5 } } },
  { ...STORED, holdFactorE4: '15000' },
  { ...STORED, currency: 'EUR' },
])('what no price is charged by: %j', (stored, { expect }) => {
  expect(isPrice(stored)).toBe(false);
  expect(isSnapshot(Object.assign({ isOwn: true }, stored))).toBe(false);
});

test('a snapshot marks an own price', ({ expect }) => {
  expect(isSnapshot(STORED)).toBe(false);
  expect(isSnapshot({ ...STORED, isOwn: 1 })).toBe(false);
});

test('300,000 quotes: no float on the way, unit price and product each rounded half up once, the hold up', ({
  expect,
}) => {
  const wrong: unknown[] = [];
  const seen = { priced: 0, unpriced: 0 };
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      for (let n = 0; n < 1_000; n += 1) {
        const sale = aSale(random);
        const [wanted, quoted] = [reference(sale), quoteOf(sale)];
        seen[quoted.kind] += 1;
        const isRight =
          quoted.kind === 'unpriced'
            ? wanted === null
            : wanted !== null &&
              BigInt(quoted.unitMicros) === wanted.unit &&
              BigInt(quoted.estimateMicros) === wanted.estimate &&
              quoted.leastMicros === (quoted.charge === 'cost' ? 0 : quoted.estimateMicros) &&
              BigInt(quoted.holdMicros) === wanted.hold &&
              quoted.charge === wanted.mode;
        if (!isRight) {
          wrong.push({ seed, sale, wanted, quoted });
        }
      }
    }),
    { numRuns: 300, seed: 5 },
  );
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(Math.min(seen.priced, seen.unpriced)).toBeGreaterThan(5_000);
});

test('a range holds whatever RunComfy may decide on', ({ expect }) => {
  const wrong: unknown[] = [];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      for (let n = 0; n < 100; n += 1) {
        const values = Array.from({ length: random.int(1, 5) }, () => random.int(1, 1_000));
        const looks = ['a', 'b', 'c'].slice(0, random.int(1, 3));
        const table = Object.fromEntries(
          looks.filter(() => random.chance(0.7)).map((look) => [look, random.int(0, 30_000)]),
        );
        const price: Price = {
          usdMicros: micros(random.int(0, 1_000_000)),
          unit: 'output',
          quantity: 'n',
          factors: { look: table },
        };
        const decided = {
          properties: {
            n: random.chance(0.5)
              ? { enum: ['auto', ...values] }
              : { minimum: Math.min(...values), maximum: Math.max(...values) },
            look: { enum: ['auto', ...looks] },
          },
        };
        const model = { price, charge: 'estimate', schema: decided } as const;
        const open = quote(model, atMarkup(10_000), { n: 'auto', look: 'auto' });
        const exact = quote(model, atMarkup(10_000), { n: random.pick(values), look: random.pick(looks) });
        const isWithin =
          open.kind === 'priced' &&
          exact.kind === 'priced' &&
          open.leastMicros <= exact.estimateMicros &&
          exact.estimateMicros <= open.estimateMicros;
        if (!isWithin) {
          wrong.push({ seed, price, decided, open, exact });
        }
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(wrong.slice(0, 3)).toEqual([]);
});
