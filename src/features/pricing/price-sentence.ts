// A price in words, for the customer. Pure.

import { usd } from '../../lib/money.ts';
import type { Model } from '../catalogue/model.ts';
import { markedUp, unitPrice, type Price, type Terms } from './price.ts';
import { countsFrames, isTimed } from './quantity.ts';

/** The price that one customer pays for a model; /v1/estimate prices one input. */
export function priceSentence({ price, charge }: Pick<Model, 'price' | 'charge'>, terms: Terms): string {
  const unitMicros = price === null ? null : unitPrice(price, terms);
  if (price === null || unitMicros === null) {
    return 'This model has no price here, so it is not sold.';
  }
  const isByCost = price.maxQuantityE3 !== undefined || (charge === 'cost' && terms.ownUnitMicros === null);
  return [
    `Price: ${usd(unitMicros)} USD per ${price.unit}.`,
    quantitySentence(price),
    ...factorSentences(price),
    ...addSentences(price, terms),
    isByCost ? 'The charge follows what RunComfy reports and is at most what /v1/estimate says.' : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function quantitySentence(price: Price): string {
  const { unit, quantity, maxQuantityE3 } = price;
  const most = maxQuantityE3 === undefined ? '' : `at most ${maxQuantityE3 / 1000} ${unit}s`;
  if (quantity === undefined) {
    return most === '' ? '' : `The number is known when the job has ended: ${most}.`;
  }
  const counted = isTimed(unit) ? 'seconds' : `${unit}s`;
  const counts = countsFrames(price) ? 'frames, at 24 a second' : counted;
  return `The input ${quantity} sets the number of ${counts}${most === '' ? '' : `, ${most}`}.`;
}

function addSentences({ adds = [] }: Price, { markupE4 }: Terms): string[] {
  return adds.flatMap(({ input, usdMicros }) => {
    const eachMicros = markedUp(usdMicros, markupE4);
    return eachMicros === null ? [] : [`Each item of the input ${input} adds ${usd(eachMicros)} USD.`];
  });
}

function factorSentences({ factors = {} }: Price): string[] {
  return Object.entries(factors).map(([input, table]) => {
    const steps = Object.entries(table).map(([value, e4]) => `${e4 / 10_000} for ${value}`);
    return `The input ${input} multiplies it by ${steps.join(', ')}.`;
  });
}
