// The plan that a customer is on.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { listPlans } from '../../api/operations.ts';
import { Select } from '../../ui/field.tsx';

type Props = {
  /** The present plan. It is an option even before the list of plans is read, so that a form never drops it. */
  plan: { id: string; name: string } | null;
  /** The label of the empty option. */
  none?: string;
  error?: string | undefined;
};

export function usePlans() {
  return useQuery({ queryKey: ['plans'], queryFn: () => listPlans({ query: { limit: 200 } }) });
}

export function PlanSelect({ plan, none, error }: Props) {
  const { t } = useLingui();
  const { data } = usePlans();
  const others = data?.items.filter(({ id }) => id !== plan?.id) ?? [];
  const all = plan === null ? others : [plan, ...others];
  return (
    <Select label={<Trans>Plan</Trans>} name="plan" defaultValue={plan?.id ?? ''} error={error}>
      <option value="">{none ?? t`none`}</option>
      {all.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
