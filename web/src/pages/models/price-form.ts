// The price in a form.

import { textOf } from '../../ui/form-dialog.tsx';

export const UNITS = ['output', 'image', 'second', 'minute'] as const;

export function priceOf(form: FormData) {
  const quantity = textOf(form, 'quantity');
  const maxQuantity = textOf(form, 'max_quantity');
  const factors = textOf(form, 'factors');
  const adds = textOf(form, 'adds');
  const holdFactor = textOf(form, 'hold_factor');
  return {
    usd: Number(textOf(form, 'usd')),
    unit: UNITS.find((unit) => unit === textOf(form, 'unit')) ?? UNITS[0],
    ...(quantity === '' ? {} : { quantity }),
    ...(maxQuantity === '' ? {} : { max_quantity: Number(maxQuantity) }),
    ...(factors === '' ? {} : { factors: JSON.parse(factors) }),
    ...(adds === '' ? {} : { adds: JSON.parse(adds) }),
    ...(holdFactor === '' ? {} : { hold_factor: Number(holdFactor) }),
  };
}
