// A price in words, for the one who pays it. Pure.

import { usd } from '../../lib/money.ts';
import type { Model } from '../catalogue/model.ts';
import { unitPrice, type Price, type Terms } from './price.ts';

/** What one customer pays for a model; /v1/estimate says it of one input. */
export function priceSentence({ price, charge }: Pick<Model, 'price' | 'charge'>, terms: Terms): string {
  const unitMicros = price === null ? null : unitPrice(price, terms);
  if (price === null || unitMicros === null) {
    return 'This model has no price here, so it is not sold.';
  }
  const isByCost = charge === 'cost' && terms.ownUnitMicros === null;
  return [
    `Price: ${usd(unitMicros)} USD per ${price.unit}.`,
    quantitySentence(price),
    ...factorSentences(price),
    isByCost ? 'The charge follows what RunComfy reports and is at most what /v1/estimate says.' : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function quantitySentence({ unit, quantity }: Price): string {
  if (quantity === undefined) {
    return '';
  }
  const counts = unit === 'second' && quantity === 'frames' ? 'frames, 24 to a second' : `${unit}s`;
  return `The input ${quantity} tells how many ${counts}.`;
}

function factorSentences({ factors = {} }: Price): string[] {
  return Object.entries(factors).map(([input, table]) => {
    const steps = Object.entries(table).map(([value, e4]) => `${e4 / 10_000} for ${value}`);
    return `The input ${input} multiplies it by ${steps.join(', ')}.`;
  });
}
