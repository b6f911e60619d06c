// A quote as arithmetic, step by step, for an operator who tries a price. Pure.

import { usd } from '../../lib/money.ts';
import type { Parts, Quote } from './price.ts';
import { isTimed, type Amount } from './quantity.ts';

/** `sum`: the calculation. `usd`: its result in dollars; null: it is not an amount. */
export type PriceStep = {
  name: 'unit' | 'quantity' | 'factor' | 'add' | 'estimate' | 'hold' | 'charge';
  sum: string;
  usd: number | null;
};

export function stepsOf(quote: Quote, parts: Parts): PriceStep[] {
  const { price, terms, estimateMicros, holdMicros } = quote;
  const isRaised = holdMicros !== estimateMicros;
  const factor = (price.holdFactorE4 ?? 10_000) / 10_000;
  return [
    { name: 'unit', sum: unitSum(quote), usd: usd(quote.unitMicros) },
    { name: 'quantity', sum: quantitySum(quote, parts), usd: null },
    ...parts.factors.map(({ input, value, ...amount }): PriceStep => ({
      name: 'factor',
      sum: `${input}: ${JSON.stringify(value) ?? 'not sent'} → × ${shown(amount, 10_000)}`,
      usd: null,
    })),
    ...parts.adds.map(({ input, items, listMicros, eachMicros }): PriceStep => {
      const sum = `${input}: ${items} × ${usd(listMicros)} × ${terms.markupE4 / 10_000} (mark-up)`;
      return { name: 'add', sum, usd: usd(items * eachMicros) };
    }),
    { name: 'estimate', sum: totalSum(quote, parts), usd: usd(estimateMicros) },
    {
      name: 'hold',
      sum: isRaised ? `${usd(estimateMicros)} × ${factor} (hold factor)` : 'the estimate',
      usd: usd(holdMicros),
    },
    chargeStep(quote),
  ];
}

function unitSum({ price, terms, unitMicros }: Quote): string {
  return terms.ownUnitMicros === null
    ? `${usd(price.usdMicros)} per ${price.unit} × ${terms.markupE4 / 10_000} (mark-up)`
    : `the customer's own price, ${usd(unitMicros)} per ${price.unit}`;
}

function quantitySum({ price: { unit, quantity } }: Quote, { quantity: amount }: Parts): string {
  const counted = isTimed(unit) ? 'seconds' : `${unit}s`;
  const isCertain = amount.most === amount.least;
  const from = isCertain ? '' : ', known when the job has ended';
  return `${quantity ?? 'no input sets it'}: ${shown(amount, 1000)} ${counted}${from}`;
}

/** The most that the job can cost: the basis of the hold. */
function totalSum({ unitMicros, price, addsMicros }: Quote, { quantity, factors }: Parts): string {
  const by = price.unit === 'minute' ? ' ÷ 60' : '';
  const times = factors.map(({ most }) => ` × ${Number(most) / 10_000}`).join('');
  const plus = addsMicros === 0 ? '' : ` + ${usd(addsMicros)}`;
  return `${usd(unitMicros)} × ${Number(quantity.most) / 1000}${by}${times}${plus}`;
}

function chargeStep({ charge, terms, estimateMicros, leastMicros, holdMicros, ...rest }: Quote): PriceStep {
  if (charge === 'estimate') {
    return { name: 'charge', sum: 'the estimate', usd: usd(estimateMicros) };
  }
  const bounds = `at least ${usd(leastMicros)}, at most ${usd(holdMicros)}`;
  const { unitMicros, addsMicros, addsCostMicros, price } = rest;
  const less = addsCostMicros === 0 ? 'cost' : `(cost − ${usd(addsCostMicros)})`;
  const plus = addsMicros === 0 ? '' : ` + ${usd(addsMicros)}`;
  const sum =
    terms.ownUnitMicros === null
      ? `cost × ${terms.markupE4 / 10_000} (mark-up)`
      : `${less} ÷ ${usd(price.usdMicros)} × ${usd(unitMicros)}${plus}`;
  return { name: 'charge', sum: `${sum}, ${bounds}; the estimate if RunComfy reports no cost`, usd: null };
}

function shown({ least, most }: Amount, by: number): string {
  return least === most ? `${Number(most) / by}` : `${Number(least) / by} to ${Number(most) / by}`;
}
