// All customers, oldest first.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { listCustomers } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { usd } from '../../ui/format.ts';
import { Empty, Page, Time } from '../../ui/layout.tsx';
import { List } from '../../ui/list.tsx';
import type { Column } from '../../ui/table.tsx';
import { FullestLimit } from './fullest-limit.tsx';
import { CustomerStatus, useStatuses } from './standing.tsx';
import { NewCustomer } from './new-customer.tsx';

const route = getRouteApi('/shell/customers');

export type Customer = AnswerOf<'getCustomer'>;
type Status = Customer['status'];

function statusOf(text: string | undefined): { status?: Status } {
  return text === 'active' || text === 'suspended' || text === 'erasing' || text === 'erased'
    ? { status: text }
    : {};
}

export function CustomersPage() {
  const { t } = useLingui();
  const columns = useColumns();
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
        begins="oldest"
        ask={(page) => listCustomers({ query: { ...rest, ...statusOf(status), with: 'month', ...page } })}
        empty={
          <Empty>
            <Trans>There is no such customer. Create one: keys, limits and prices are the customer's.</Trans>
          </Empty>
        }
      />
    </Page>
  );
}

function useColumns(): Column<Customer>[] {
  const { t } = useLingui();
  return [
    {
      id: 'name',
      header: <Trans>Name</Trans>,
      text: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link
          to="/customers/$customer"
          params={{ customer: id }}
          className="font-medium break-words text-accent hover:underline"
        >
          {name}
        </Link>
      ),
    },
    { id: 'external_id', header: <Trans>External id</Trans>, text: (customer) => customer.external_id ?? '' },
    {
      id: 'status',
      header: <Trans>Status</Trans>,
      text: ({ status }) => status,
      cell: ({ status }) => <CustomerStatus status={status} />,
    },
    {
      id: 'balance_usd',
      header: <Trans>Balance</Trans>,
      isNumber: true,
      text: (customer) => String(customer.balance_usd),
      cell: ({ balance_usd: balance, prepaid }) => (
        <span className={prepaid && balance <= 0 ? 'text-bad' : ''}>{usd(balance)}</span>
      ),
    },
    {
      id: 'held_usd',
      header: <Trans>Held</Trans>,
      isNumber: true,
      text: (one) => String(one.held_usd),
      cell: (one) => usd(one.held_usd),
    },
    {
      id: 'margin_usd',
      header: <Trans>Margin this month</Trans>,
      isNumber: true,
      text: ({ month }) => String(month?.margin_usd ?? ''),
      cell: ({ month }) => (month === undefined ? '–' : usd(month.margin_usd)),
    },
    {
      id: 'limits',
      header: <Trans>Fullest limit</Trans>,
      text: ({ limits }) =>
        Object.entries(limits)
          .map(([name, max]) => `${name}: ${max}`)
          .join(', '),
      cell: (customer) => <FullestLimit customer={customer} />,
    },
    {
      id: 'prepaid',
      header: <Trans>Pays</Trans>,
      text: ({ prepaid }) => (prepaid ? t`prepaid` : t`postpaid`),
    },
    {
      id: 'markup',
      header: <Trans>Mark-up</Trans>,
      isNumber: true,
      text: ({ markup }) => String(markup),
      cell: ({ markup }) => `× ${markup}`,
    },
    {
      id: 'created_at',
      header: <Trans>Created</Trans>,
      text: (one) => one.created_at,
      cell: (one) => <Time at={one.created_at} />,
    },
    {
      id: 'id',
      header: <Trans>Id</Trans>,
      text: ({ id }) => id,
      cell: ({ id }) => <code className="text-xs">{id}</code>,
    },
  ];
}
