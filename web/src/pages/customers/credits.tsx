// Credits and adjustments, and the form that books them. Each form has an Idempotency-Key, so a second click books nothing.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useRef } from 'react';
import type { AnswerOf } from '../../api/client.ts';
import { bookCredit, listCredits } from '../../api/operations.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog, textOf } from '../../ui/form-dialog.tsx';
import { usd } from '../../ui/format.ts';
import { Empty, Panel, Time } from '../../ui/layout.tsx';
import { List } from '../../ui/list.tsx';
import type { Column } from '../../ui/table.tsx';
import type { Customer } from './customers-page.tsx';

const route = getRouteApi('/shell/customers/$customer');

type Credit = AnswerOf<'listCredits'>['items'][number];

export function Credits({ customer }: { customer: Customer }) {
  const { t } = useLingui();
  const { credits: cursor, ...filter } = route.useSearch();
  const columns: Column<Credit>[] = [
    {
      id: 'created_at',
      header: <Trans>When</Trans>,
      text: (one) => one.created_at,
      cell: (one) => <Time at={one.created_at} />,
    },
    {
      id: 'note',
      header: <Trans>Note</Trans>,
      text: ({ note }) => note ?? '',
      cell: ({ note }) => <span className="block min-w-40 break-words">{note}</span>,
    },
    {
      id: 'job',
      header: <Trans>Job</Trans>,
      text: ({ job }) => job ?? '',
      cell: ({ job }) =>
        job === null ? (
          ''
        ) : (
          <Link to="/jobs/$job" params={{ job }} className="text-accent hover:underline">
            {job.slice(0, 8)}…
          </Link>
        ),
    },
    {
      id: 'amount_usd',
      header: <Trans>Amount</Trans>,
      isNumber: true,
      text: (one) => String(one.amount_usd),
      cell: (one) => usd(one.amount_usd),
    },
  ];
  return (
    <Panel title={<Trans>Credits and adjustments</Trans>} actions={<NewCredit customer={customer} />}>
      <List
        name={`credits-${customer.id}`}
        label={t`Credits and adjustments`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        param="credits"
        isInPanel
        ask={(page) => listCredits({ params: { customer: customer.id }, query: page })}
        empty={
          <Empty>
            <Trans>
              No credits or adjustments yet. A prepaid customer needs a credit before the first job.
            </Trans>
          </Empty>
        }
      />
    </Panel>
  );
}

function NewCredit({ customer }: { customer: Customer }) {
  const once = useRef(crypto.randomUUID());
  return (
    <FormDialog
      label={<Trans>Book a credit</Trans>}
      title={<Trans>Book a credit for {customer.name}</Trans>}
      submit={<Trans>Book</Trans>}
      send={async (form) => {
        const booked = await bookCredit({
          params: { customer: customer.id },
          headers: { 'Idempotency-Key': once.current },
          body: { amount_usd: Number(textOf(form, 'amount_usd')), note: textOf(form, 'note') },
        });
        once.current = crypto.randomUUID();
        return booked;
      }}
    >
      {(errors) => (
        <>
          <Field
            label={<Trans>Amount in USD</Trans>}
            name="amount_usd"
            type="number"
            step="0.000001"
            required
            hint={<Trans>A negative amount lowers the balance.</Trans>}
            error={errors?.get('amount_usd')}
          />
          <Field
            label={<Trans>Note</Trans>}
            name="note"
            required
            maxLength={500}
            error={errors?.get('note')}
          />
        </>
      )}
    </FormDialog>
  );
}
