// A price in a line: $0.05 / second (duration, at most 60) × resolution + $0.03 / images.

import { usd } from '../../ui/format.ts';
import type { Model } from './models-page.tsx';

type Price = NonNullable<Model['price']>;

export function priceText({
  usd: amount,
  unit,
  quantity,
  max_quantity: most,
  factors,
  adds = [],
}: Price): string {
  const counts = [quantity, most === undefined ? undefined : `≤ ${most}`].filter((one) => one !== undefined);
  const by = counts.length === 0 ? '' : ` (${counts.join(', ')})`;
  const inputs = Object.keys(factors ?? {});
  const plus = adds.map((add) => ` + ${usd(add.usd)} / ${add.input}`).join('');
  return `${usd(amount)} / ${unit}${by}${inputs.length === 0 ? '' : ` × ${inputs.join(', ')}`}${plus}`;
}
