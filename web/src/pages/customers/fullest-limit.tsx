// Of a customer's limits the one that is met first, in a row of the list.

import { useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../api/client.ts';
import { getCustomerLimits } from '../../api/operations.ts';
import { LimitUse } from '../../ui/limit-use.tsx';
import type { Customer } from './customers-page.tsx';

type Limit = AnswerOf<'getCustomerLimits'>['limits'][number];

const shareOf = ({ used, max }: Limit) => (max === 0 ? Infinity : used / max);

export function FullestLimit({ customer: { id, limits } }: { customer: Customer }) {
  const { data } = useQuery({
    queryKey: ['customer-limits', id],
    queryFn: () => getCustomerLimits({ params: { customer: id } }),
    enabled: Object.keys(limits).length > 0,
    staleTime: 30_000,
  });
  const [fullest] = data?.limits.toSorted((one, other) => shareOf(other) - shareOf(one)) ?? [];
  return fullest === undefined ? (
    '–'
  ) : (
    <div className="min-w-52">
      <LimitUse limits={[fullest]} />
    </div>
  );
}
