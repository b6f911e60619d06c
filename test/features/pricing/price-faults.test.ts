// The parts of a price that do not fit the model's schema are refused when the price is written.

import { test } from 'vitest';
import { priceFaults } from '../../../src/features/pricing/price-faults.ts';
import { priceBody } from '../../../src/http/price.ts';

const schema = {
  type: 'object',
  properties: {
    duration: { type: 'integer', minimum: 1, maximum: 10 },
    length: { type: 'string', enum: ['4s', '8s'] },
    mixed: { type: 'string', enum: ['auto', '5', '10s'] },
    texts: { type: 'string', enum: ['auto', '5', '10', ''], default: 'auto' },
    words: { type: 'string', default: 'short' },
    resolution: { type: 'string', enum: ['720p', '1080P', '4K'] },
    seconds: { type: 'integer', enum: [5, 10] },
    audio: { type: 'boolean' },
    prompt: { type: 'string' },
    images: { type: ['array', 'null'], items: { type: 'string' } },
    frames_list: { type: 'array' },
    lora: { type: 'object' },
    untyped: { items: { type: 'string' } },
  },
};
const ONE = { usd: 1, unit: 'output' };
const LONG = { usd: 1, unit: 'second' };

type Case = [what: string, price: object, path: string | null, message?: RegExp];
const cases: Case[] = [
  ['seconds of an input', { ...LONG, quantity: 'duration' }, null],
  ['seconds as texts', { ...LONG, quantity: 'texts' }, null],
  ['no input, with a maximum', { ...LONG, max_quantity: 60 }, null],
  ['an input that is none', { ...LONG, quantity: 'Duration' }, 'price', /not have; you may mean "duration"/],
  ['a list', { ...LONG, quantity: 'frames_list' }, 'price.quantity', /of type array/],
  ['a list that may be null', { ...LONG, quantity: 'images' }, 'price.quantity', /of type array/],
  ['a switch', { ...LONG, quantity: 'audio' }, 'price.quantity', /of type boolean/],
  ['an object', { ...ONE, quantity: 'lora' }, 'price.quantity', /of type object/],
  ['numbers with a unit', { ...LONG, quantity: 'length' }, 'price.quantity', /"4s", which is not a number/],
  ['one number with a unit', { ...LONG, quantity: 'mixed' }, 'price.quantity', /"10s"/],
  ['a default in words', { ...LONG, quantity: 'words' }, 'price.quantity', /"short"/],
  ['factors of all values', { ...ONE, factors: { resolution: { '720p': 1, '1080P': 2, '4K': 4 } } }, null],
  ['factors of some', { ...ONE, factors: { resolution: { '4K': 4 } } }, null],
  [
    'a factor in another case',
    { ...ONE, factors: { resolution: { '4k': 4 } } },
    'price.factors.resolution.4k',
    /"4k" is not a value of resolution; you may mean "4K"/,
  ],
  [
    'a factor that is no value at all',
    { ...ONE, factors: { resolution: { huge: 4 } } },
    'price.factors.resolution.huge',
    /its values are "720p", "1080P", "4K"/,
  ],
  ['a factor of a number', { ...ONE, factors: { seconds: { '10': 2 } } }, null],
  ['a factor of no such number', { ...ONE, factors: { seconds: { '7': 2 } } }, 'price.factors.seconds.7'],
  ['a factor of a switch', { ...ONE, factors: { audio: { true: 1.2 } } }, null],
  ['a factor of no switch', { ...ONE, factors: { audio: { on: 1.2 } } }, 'price.factors.audio.on'],
  ['factors of a free text', { ...ONE, factors: { prompt: { x: 2 } } }, null],
  ['items of a list', { ...ONE, adds: [{ input: 'images', usd: 0.03 }] }, null],
  ['items of a list without a type', { ...ONE, adds: [{ input: 'untyped', usd: 0.03 }] }, null],
  [
    'items of a text',
    {
      ...ONE,
      adds: [
        { input: 'images', usd: 1 },
        { input: 'prompt', usd: 1 },
      ],
    },
    'price.adds[1].input',
    /prompt is not a list/,
  ],
  ['items of nothing', { ...ONE, adds: [{ input: 'pictures', usd: 0.03 }] }, 'price', /pictures/],
];

test.for(cases)('%s', ([, body, path, message = /\w/], { expect }) => {
  const faults = priceFaults(priceBody.parse(body), schema);
  expect(faults.map((fault) => fault.path)).toEqual(path === null ? [] : [path]);
  expect(faults.every((fault) => message.test(fault.message))).toBe(true);
});
