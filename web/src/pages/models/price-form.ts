// The price in a form.

import { textOf } from '../../ui/form-dialog.tsx';

export const UNITS = ['output', 'image', 'second', 'minute'] as const;

/** A text that is not JSON is sent as it is, so that the gateway's refusal stands beside its field. */
export function jsonOf(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

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
    ...(factors === '' ? {} : { factors: jsonOf(factors) }),
    ...(adds === '' ? {} : { adds: jsonOf(adds) }),
    ...(holdFactor === '' ? {} : { hold_factor: Number(holdFactor) }),
  };
}
