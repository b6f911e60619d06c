import { useLingui } from '@lingui/react/macro';
import { Badge } from '../../ui/layout.tsx';
import type { Customer } from './customers-page.tsx';

/** The states of a customer, in words. */
export function useStatuses(): Record<Customer['status'], string> {
  const { t } = useLingui();
  return { active: t`active`, suspended: t`suspended`, erasing: t`erasing`, erased: t`erased` };
}

export function CustomerStatus({ status }: Pick<Customer, 'status'>) {
  return <Badge tone={status === 'active' ? 'good' : 'warn'}>{useStatuses()[status]}</Badge>;
}
