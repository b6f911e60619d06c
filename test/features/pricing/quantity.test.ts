// A price never counts less of an input than RunComfy may count, and never more than the operator's bound.

import { test } from 'vitest';
import type { Price } from '../../../src/features/pricing/price.ts';
import { factorOf, itemsIn, quantityOf } from '../../../src/features/pricing/quantity.ts';
import { microsOf } from '../../../src/lib/money.ts';

const price: Price = { usdMicros: microsOf(1)!, unit: 'second', quantity: 'duration' };

const quantities: { what: string; maxQuantityE3?: number; property: object; most: bigint; least: bigint }[] =
  [
    { what: 'the bounds of the schema', property: { minimum: 5, maximum: 10 }, most: 10_000n, least: 5_000n },
    {
      what: 'a bound of the operator between them',
      maxQuantityE3: 8_000,
      property: { minimum: 5, maximum: 10 },
      most: 8_000n,
      least: 5_000n,
    },
    {
      what: 'a bound of the operator below the least of the schema',
      maxQuantityE3: 3_000,
      property: { minimum: 5, maximum: 10 },
      most: 3_000n,
      least: 3_000n,
    },
    { what: 'the values of an enum', property: { enum: ['auto', 4, 8] }, most: 8_000n, least: 4_000n },
  ];

test.for(quantities)(
  'left to RunComfy, the quantity is within $what',
  ({ maxQuantityE3, property, most, least }, { expect }) => {
    const about = { schema: { properties: { duration: property } }, input: { duration: 'auto' } };
    expect(quantityOf({ ...price, maxQuantityE3 }, about)).toEqual({ most, least });
  },
);

test.for([
  { value: undefined, items: 0 },
  { value: null, items: 0 },
  { value: '', items: 0 },
  { value: 'auto', items: 0 },
  { value: [], items: 0 },
  { value: 'https://example.com/a.png', items: 1 },
  { value: ['', 'https://example.com/a.png'], items: 2 },
])('$value has $items items', ({ value, items }, { expect }) => {
  expect(itemsIn({ value, property: {} })).toBe(items);
});

const sent = (values: unknown[]) => ({ value: 'auto', property: { enum: values } });

test('an enum that leaves the choice open has no value beside those that the factors list', ({ expect }) => {
  const table = { '1K': 20_000, '2K': 40_000 };
  expect(factorOf(table, sent(['auto', null, '1K', '2K']))).toEqual({ most: 40_000n, least: 20_000n });
  expect(factorOf(table, sent(['auto', '1K', '2K', '4K']))).toEqual({ most: 40_000n, least: 10_000n });
});
