// The plan that a customer is on.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { listPlans } from '../../api/operations.ts';
import { Select } from '../../ui/field.tsx';

type Props = {
  /** The id of the plan. */
  plan: string | null;
  /** The label of the empty option. */
  none?: string;
  error?: string | undefined;
};

export function PlanSelect({ plan, none, error }: Props) {
  const { t } = useLingui();
  const { data } = useQuery({
    queryKey: ['plans'],
    queryFn: () => listPlans({ query: { limit: 200 } }),
  });
  return (
    <Select
      key={data === undefined ? 'loading' : 'loaded'}
      label={<Trans>Plan</Trans>}
      name="plan"
      defaultValue={plan ?? ''}
      error={error}
    >
      <option value="">{none ?? t`none`}</option>
      {data?.items.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
