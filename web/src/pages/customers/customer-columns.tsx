// The columns of the list of customers: status, money, and the limit that is closest to its maximum.

import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { usd } from '../../ui/format.ts';
import { Time } from '../../ui/layout.tsx';
import { limitsText } from '../../ui/limit-fields.tsx';
import type { Column } from '../../ui/table.tsx';
import type { Customer } from './customers-page.tsx';
import { FullestLimit } from './fullest-limit.tsx';
import { CustomerStatus } from './standing.tsx';

export function useCustomerColumns(): Column<Customer>[] {
  const { t } = useLingui();
  return [
    {
      id: 'name',
      header: <Trans>Name</Trans>,
      text: ({ name }) => name,
      cell: ({ id, name, external_id: externalId }) => (
        <div className="grid min-w-36">
          <Link
            to="/customers/$customer"
            params={{ customer: id }}
            className="font-medium break-words text-accent hover:underline"
            title={id}
          >
            {name}
          </Link>
          <span className="text-xs break-all text-quiet">{externalId}</span>
        </div>
      ),
    },
    {
      id: 'external_id',
      header: <Trans>External id</Trans>,
      isFileOnly: true,
      text: (customer) => customer.external_id ?? '',
    },
    {
      id: 'status',
      header: <Trans>Status</Trans>,
      text: ({ status }) => status,
      cell: ({ status }) => <CustomerStatus status={status} />,
    },
    ...moneyColumns({ prepaid: t`prepaid`, postpaid: t`postpaid` }),
    {
      id: 'limits',
      header: <Trans>Fullest limit</Trans>,
      text: ({ limits }) => limitsText(limits),
      cell: (customer) => <FullestLimit customer={customer} />,
    },
    {
      id: 'prepaid',
      header: <Trans>Pays</Trans>,
      isFileOnly: true,
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
      cell: (one) => <Time at={one.created_at} isDay />,
    },
    {
      id: 'id',
      header: <Trans>Id</Trans>,
      isFileOnly: true,
      text: ({ id }) => id,
    },
  ];
}

function moneyColumns(ways: { prepaid: string; postpaid: string }): Column<Customer>[] {
  return [
    {
      id: 'balance_usd',
      header: <Trans>Balance</Trans>,
      isNumber: true,
      text: (customer) => String(customer.balance_usd),
      cell: ({ balance_usd: balance, prepaid }) => (
        <div className="grid">
          <span className={prepaid && balance <= 0 ? 'text-bad' : ''}>{usd(balance)}</span>
          <span className="text-xs text-quiet">{prepaid ? ways.prepaid : ways.postpaid}</span>
        </div>
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
      header: <Trans>Margin, month</Trans>,
      isNumber: true,
      text: ({ month }) => String(month?.margin_usd ?? ''),
      cell: ({ month }) => (month === undefined ? '–' : usd(month.margin_usd)),
    },
  ];
}
