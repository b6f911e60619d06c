// The price in words states each part of the price.

import { test } from 'vitest';
import { priceSentence } from '../../../src/features/pricing/price-sentence.ts';
import type { Price } from '../../../src/features/pricing/price.ts';
import { microsOf } from '../../../src/lib/money.ts';

const micros = (value: number) => microsOf(value)!;
const LIST = { markupE4: 10_000, ownUnitMicros: null };

const timed: Price = {
  usdMicros: micros(90_000),
  unit: 'second',
  quantity: 'duration',
  adds: [{ input: 'images', usdMicros: micros(30_000) }],
};

const sentences: { what: string; price: Price; terms?: typeof LIST; says: string }[] = [
  {
    what: 'a price by time of which the schema has the most',
    price: timed,
    says: 'Price: 0.09 USD per second. The input duration sets the number of seconds. Each item of the input images adds 0.03 USD.',
  },
  {
    what: 'the same with a mark-up',
    price: timed,
    terms: { markupE4: 20_000, ownUnitMicros: null },
    says: 'Price: 0.18 USD per second. The input duration sets the number of seconds. Each item of the input images adds 0.06 USD.',
  },
  {
    what: 'one price for each output',
    price: { ...timed, unit: 'output', quantity: undefined },
    says: 'Price: 0.09 USD per output. Each item of the input images adds 0.03 USD.',
  },
];

test.for(sentences)('$what', ({ price, terms = LIST, says }, { expect }) => {
  expect(priceSentence({ price, charge: 'estimate' }, terms)).toBe(says);
});
