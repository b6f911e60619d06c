// All customers, by age or by name.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { listCustomers } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { Empty, Page } from '../../ui/layout.tsx';
import { BY_AGE, List } from '../../ui/list.tsx';
import { useCustomerColumns } from './customer-columns.tsx';
import { useStatuses } from './standing.tsx';
import { NewCustomer } from './new-customer.tsx';

const route = getRouteApi('/shell/customers');

export type Customer = AnswerOf<'getCustomer'>;
type Status = Customer['status'];

const ORDERS = { ...BY_AGE, name: ['name', 'name_desc'] } as const;

function statusOf(text: string | undefined): { status?: Status } {
  return text === 'active' || text === 'suspended' || text === 'erasing' || text === 'erased'
    ? { status: text }
    : {};
}

export function CustomersPage() {
  const { t } = useLingui();
  const columns = useCustomerColumns();
  const statuses = useStatuses();
  const go = route.useNavigate();
  const { cursor, ...filter } = route.useSearch();
  const { status, order, ...rest } = filter;
  return (
    <Page title={<Trans>Customers</Trans>} actions={<NewCustomer />}>
      <form
        key={JSON.stringify(filter)}
        role="search"
        className="grid items-end gap-3 sm:grid-cols-[2fr_1fr_1fr_auto]"
        action={(form: FormData) => {
          const entries = [...form].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
          void go({ search: { ...(order === undefined ? {} : { order }), ...Object.fromEntries(entries) } });
        }}
      >
        <Field label={<Trans>Name</Trans>} name="search" defaultValue={filter.search} />
        <Field label={<Trans>External id</Trans>} name="external_id" defaultValue={filter.external_id} />
        <Select label={<Trans>Status</Trans>} name="status" defaultValue={status ?? ''}>
          <option value="">{t`all`}</option>
          {Object.entries(statuses).map(([name, word]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </Select>
        <Button type="submit" weight="primary">
          <Trans>Show</Trans>
        </Button>
      </form>
      <List
        name="customers"
        label={t`Customers`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        orders={ORDERS}
        begins="oldest"
        ask={(page) =>
          listCustomers({ query: { ...rest, ...statusOf(status), with: 'month,limits', ...page } })
        }
        empty={
          <Empty>
            <Trans>No customers match. Create one to issue keys and to set limits and prices.</Trans>
          </Empty>
        }
      />
    </Page>
  );
}
