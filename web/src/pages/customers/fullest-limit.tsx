// The limit of a customer that is closest to its maximum.

import { LimitUse } from '../../ui/limit-use.tsx';
import type { Customer } from './customers-page.tsx';

type Limit = NonNullable<Customer['limit_use']>[number];

const shareOf = ({ used, max }: Limit) => (max === 0 ? Infinity : used / max);

export function FullestLimit({ customer: { limit_use: limits = [] } }: { customer: Customer }) {
  const [fullest] = limits.toSorted((one, other) => shareOf(other) - shareOf(one));
  return fullest === undefined ? (
    '–'
  ) : (
    <div className="min-w-44">
      <LimitUse limits={[fullest]} isBrief />
    </div>
  );
}
