// Buttons of three weights: the main action of a page, other actions, and actions that destroy something.

import type { ComponentProps } from 'react';

export type Weight = 'primary' | 'plain' | 'danger';

const SHAPE =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3 py-1.5 font-medium whitespace-nowrap disabled:opacity-60';

const WEIGHTS: Record<Weight, string> = {
  primary: 'bg-accent text-on-accent hover:opacity-90',
  plain: 'border border-field bg-panel hover:bg-raised',
  danger: 'border border-bad bg-panel text-bad hover:bg-bad-soft',
};

export function buttonClass(weight: Weight = 'plain'): string {
  return `${SHAPE} ${WEIGHTS[weight]}`;
}

export function Button({ weight = 'plain', ...rest }: ComponentProps<'button'> & { weight?: Weight }) {
  return <button type="button" {...rest} className={buttonClass(weight)} />;
}
