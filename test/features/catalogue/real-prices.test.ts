// Each published schema of a real model (see real-schemas.test.ts) with a price of each shape: what the sync would take
// over, what an operator would set by hand, and what is refused to them.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { priceFaults } from '../../../src/features/pricing/price-faults.ts';
import { readListPrice } from '../../../src/features/pricing/list-price.ts';
import { quote, type Price } from '../../../src/features/pricing/price.ts';
import { priceBody } from '../../../src/http/price.ts';

const LIST = { markupE4: 10_000, ownUnitMicros: null };

type Schema = Record<string, unknown>;
type Property = { type?: unknown; enum?: unknown[]; default?: unknown };

const propertiesOf = ({ properties }: Schema): [string, Property][] => Object.entries(Object(properties));

function priced(price: Price, schema: Schema, input: Record<string, unknown> = {}) {
  const quoted = quote({ price, charge: 'estimate', schema }, LIST, input);
  if (quoted.kind === 'unpriced') {
    throw new Error(quoted.reason);
  }
  return quoted;
}

/** Everything that the schema has a default for, as if the customer had sent it. */
const defaultsOf = (schema: Schema) =>
  Object.fromEntries(
    propertiesOf(schema).flatMap(([name, property]) =>
      property.default === undefined ? [] : [[name, property.default]],
    ),
  );

test.for(env.REAL_SCHEMAS)('$model_id: list prices of each unit', ({ input_schema: schema }, { expect }) => {
  for (const unit of ['output', 'image', 'second', 'minute'] as const) {
    const listed = readListPrice(0.06, unit, schema);
    // A price that the catalogue does not have is set to the sync's proposal.
    const price = listed.price ?? priceBody.parse(listed.unpriced.mend);
    expect([unit, priceFaults(price, schema)]).toEqual([unit, []]);
    expect(price).toMatchObject({ usdMicros: 60_000, unit });
    const { leastMicros, estimateMicros, holdMicros, charge } = priced(price, schema);
    expect(leastMicros).toBeLessThanOrEqual(estimateMicros);
    expect(estimateMicros).toBe(holdMicros);
    expect(estimateMicros).toBeGreaterThan(0);
    // A value that RunComfy chooses is a range; an absent value is the default.
    expect(charge === 'cost').toBe(leastMicros < estimateMicros);
    expect(priced(price, schema, defaultsOf(schema))).toMatchObject({ leastMicros, estimateMicros });
  }
});

test.for(env.REAL_SCHEMAS)(
  '$model_id: factors on each enum and switch',
  ({ input_schema: schema }, { expect }) => {
    for (const [name, property] of propertiesOf(schema)) {
      const values = property.type === 'boolean' ? [true, false] : (property.enum ?? []);
      const texts = values.map(String).filter((value) => value !== 'auto');
      if (texts.length === 0) {
        continue;
      }
      const table = Object.fromEntries(texts.map((value, index) => [value, index + 2]));
      const price = priceBody.parse({ usd: 1, unit: 'output', factors: { [name]: table } });
      expect([name, priceFaults(price, schema)]).toEqual([name, []]);
      for (const value of values.filter((one) => one !== 'auto')) {
        const sent = priced(price, schema, { [name]: value });
        expect([name, value, sent.estimateMicros]).toEqual([name, value, (table[String(value)] ?? 1) * 1e6]);
        expect(sent.charge).toBe('estimate');
      }
      const absent = priced(price, schema);
      const byDefault = table[String(property.default)];
      expect([name, absent.estimateMicros]).toEqual([name, (byDefault ?? texts.length + 1) * 1e6]);
      expect([name, absent.charge]).toEqual([
        name,
        byDefault === undefined && texts.length > 1 ? 'cost' : 'estimate',
      ]);
      // A value in another case is proposed in its own.
      const shouted = texts.find(
        (value) => value.toUpperCase() !== value && !texts.includes(value.toUpperCase()),
      );
      if (shouted !== undefined) {
        const wrong = { ...price, factors: { [name]: { [shouted.toUpperCase()]: 20_000 } } };
        expect(priceFaults(wrong, schema)).toEqual([
          expect.objectContaining({
            rule: 'enum',
            message: expect.stringContaining(JSON.stringify(shouted)),
          }),
        ]);
      }
    }
  },
);

test.for(env.REAL_SCHEMAS)(
  '$model_id: items of each list, and of nothing else',
  ({ input_schema: schema }, { expect }) => {
    for (const [name, property] of propertiesOf(schema)) {
      const price = priceBody.parse({
        usd: 0.09,
        unit: 'second',
        max_quantity: 10,
        adds: [{ input: name, usd: 0.03 }],
      });
      const faults = priceFaults(price, schema);
      expect([name, faults.length]).toEqual([name, property.type === 'array' ? 0 : 1]);
      if (property.type === 'array') {
        const { leastMicros, estimateMicros } = priced(price, schema, { [name]: ['a', 'b', 'c'] });
        expect([leastMicros, estimateMicros]).toEqual([90_000, 990_000]);
      }
    }
  },
);
