// docs/pricing.md computes nothing wrong: each row of its examples is priced and charged here.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { chargeFor } from '../../src/features/jobs/job.ts';
import { quote } from '../../src/features/pricing/price.ts';
import { priceFaults } from '../../src/features/pricing/price-faults.ts';
import { priceBody } from '../../src/http/price.ts';
import { microsOf, roundUsd, usd } from '../../src/lib/money.ts';
import { jobOn } from '../support/job-on.ts';

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/pricing.md'), 'utf8');

/** As the last line of the examples says. */
const schema = {
  type: 'object',
  properties: {
    frames: { type: 'integer', enum: [121, 241], default: 121 },
    duration: { type: 'string', enum: ['5', '10', 'auto'], default: 'auto' },
    resolution: { type: 'string', enum: ['720p', '4K'], default: '720p' },
    references: { type: 'array', items: { type: 'string' } },
    num_images: { type: 'integer', minimum: 1, maximum: 4, default: 1 },
    video_url: { type: 'string', format: 'video_uri' },
  },
};

type Row = { price: unknown; input: Record<string, unknown>; cells: string[] };

function rows(): Row[] {
  const examples = DOCS.split('\n## ').find((part) => part.startsWith('Examples')) ?? '';
  return examples
    .split('```json\n')
    .slice(1)
    .flatMap((example) => {
      const [price = '', table = ''] = example.split('\n```\n');
      return [...table.matchAll(/^\| `(\{.*\})` \| (.*) \|$/gm)].map(([, input = '', cells = '']) => ({
        price: JSON.parse(price),
        input: JSON.parse(input),
        cells: cells.split(' | '),
      }));
    });
}

test('there are examples of each unit', ({ expect }) => {
  const units = new Set(rows().map(({ price }) => priceBody.parse(price).unit));
  expect([...units].toSorted()).toEqual(['image', 'minute', 'second']);
  expect(rows().length).toBeGreaterThan(12);
});

test.for(rows())('$price: $input, $cells', ({ price: body, input, cells }, { expect }) => {
  const [markup = '', own = '', estimate = '', held = '', cost = '', charged = ''] = cells;
  const price = priceBody.parse(body);
  expect(priceFaults(price, schema)).toEqual([]);
  const terms = {
    markupE4: Number(markup) * 10_000,
    ownUnitMicros: own === '–' ? null : roundUsd(Number(own)),
  };
  const quoted = quote({ price, charge: 'estimate', schema }, terms, input);
  if (quoted.kind !== 'priced') {
    throw new Error(quoted.reason);
  }
  const { leastMicros, estimateMicros, holdMicros, kind: _kind, charge, terms: _terms, ...amounts } = quoted;
  const range = `${usd(leastMicros)} to ${usd(estimateMicros)}`;
  expect(charge === 'estimate' ? `${usd(estimateMicros)}` : range).toBe(estimate);
  expect(`${usd(holdMicros)}`).toBe(held);
  const job = jobOn({
    ...amounts,
    estimateMicros,
    holdMicros,
    leastMicros: microsOf(leastMicros)!,
    chargeMode: charge,
    markupE4: terms.markupE4,
    price: { ...price, isOwn: terms.ownUnitMicros !== null },
  });
  const micros = roundUsd(Number(cost));
  const reported = micros === null ? ({ kind: 'absent' } as const) : ({ kind: 'known', micros } as const);
  const due = chargeFor(job, { state: 'succeeded', cost: reported, isLate: micros === null });
  expect(usd(due.chargeMicros ?? -1)).toBe(Number(charged));
});
