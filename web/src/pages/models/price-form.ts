// The price that a form says.

import { textOf } from '../../ui/form-dialog.tsx';

export function priceOf(form: FormData) {
  const quantity = textOf(form, 'quantity');
  const factors = textOf(form, 'factors');
  const holdFactor = textOf(form, 'hold_factor');
  return {
    usd: Number(textOf(form, 'usd')),
    unit: textOf(form, 'unit') === 'second' ? ('second' as const) : ('output' as const),
    ...(quantity === '' ? {} : { quantity }),
    ...(factors === '' ? {} : { factors: JSON.parse(factors) }),
    ...(holdFactor === '' ? {} : { hold_factor: Number(holdFactor) }),
  };
}
