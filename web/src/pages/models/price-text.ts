// A price in a line: $0.05 a second (duration), × by resolution.

import { usd } from '../../ui/format.ts';
import type { Model } from './models-page.tsx';

type Price = NonNullable<Model['price']>;

export function priceText({ usd: amount, unit, quantity, factors }: Price): string {
  const by = quantity === undefined ? '' : ` (${quantity})`;
  const inputs = Object.keys(factors ?? {});
  return `${usd(amount)} / ${unit}${by}${inputs.length === 0 ? '' : ` × ${inputs.join(', ')}`}`;
}
