// The name of a customer, as a link to their page.

import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Column } from '../../ui/table.tsx';

type Row = { customer: string; customer_name?: string | undefined };

export function CustomerLink({ of: { customer, customer_name: name } }: { of: Row }) {
  return (
    <Link
      to="/customers/$customer"
      params={{ customer }}
      className="break-words text-accent hover:underline"
      title={customer}
    >
      {name ?? `${customer.slice(0, 10)}…`}
    </Link>
  );
}

/** The name on the page, name and id in the file. */
export function customerColumns<T extends Row>(): Column<T>[] {
  return [
    {
      id: 'customer',
      header: <Trans>Customer</Trans>,
      text: ({ customer }) => customer,
      cell: (row) => <CustomerLink of={row} />,
    },
    {
      id: 'customer_name',
      header: <Trans>Customer</Trans>,
      isFileOnly: true,
      text: (row) => row.customer_name ?? '',
    },
  ];
}
