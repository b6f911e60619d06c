// Prices that apply to one customer only.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { dropOwnPrice, listOwnPrices, setOwnPrice } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { FormDialog, textOf } from '../../ui/form-dialog.tsx';
import { usd } from '../../ui/format.ts';
import { Acts, Empty, Panel, Time } from '../../ui/layout.tsx';
import { List } from '../../ui/list.tsx';
import type { Column } from '../../ui/table.tsx';
import type { Customer } from './customers-page.tsx';

const route = getRouteApi('/shell/customers/$customer');

type Price = AnswerOf<'listOwnPrices'>['items'][number];

export function OwnPrices({ customer }: { customer: Customer }) {
  const { t } = useLingui();
  const { prices: cursor, ...filter } = route.useSearch();
  const drop = (model: string) => dropOwnPrice({ params: { customer: customer.id, model_id: model } });
  const columns: Column<Price>[] = [
    {
      id: 'model_id',
      header: <Trans>Model</Trans>,
      text: (price) => price.model_id,
      cell: ({ model_id: model }) => (
        <Link to="/model/$" params={{ _splat: model }} className="text-accent hover:underline">
          {model}
        </Link>
      ),
    },
    {
      id: 'usd',
      header: <Trans>USD per unit</Trans>,
      isNumber: true,
      text: (price) => String(price.usd),
      cell: (price) => usd(price.usd),
    },
    {
      id: 'set_at',
      header: <Trans>Set</Trans>,
      text: (price) => price.set_at,
      cell: (price) => <Time at={price.set_at} />,
    },
    {
      id: 'drop',
      header: <Acts />,
      isAct: true,
      text: () => '',
      cell: ({ model_id: model }) => (
        <Confirm
          label={<Trans>Remove</Trans>}
          title={<Trans>Remove the own price for {model}?</Trans>}
          act={() => drop(model)}
        >
          <p>
            <Trans>
              From the next submit, {customer.name} pays the list price × {customer.markup}.
            </Trans>
          </p>
        </Confirm>
      ),
    },
  ];
  return (
    <Panel title={<Trans>Own prices</Trans>} actions={<NewPrice customer={customer} />}>
      <List
        name={`prices-${customer.id}`}
        label={t`Own prices`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        param="prices"
        isInPanel
        ask={(page) => listOwnPrices({ params: { customer: customer.id }, query: page })}
        empty={
          <Empty>
            <Trans>This customer pays the list price × {customer.markup} for every model.</Trans>
          </Empty>
        }
      />
    </Panel>
  );
}

function NewPrice({ customer }: { customer: Customer }) {
  return (
    <FormDialog
      label={<Trans>Set a price</Trans>}
      title={<Trans>Set an own price for {customer.name}</Trans>}
      submit={<Trans>Set</Trans>}
      send={(form) =>
        setOwnPrice({
          params: { customer: customer.id, model_id: textOf(form, 'model_id') },
          body: { usd: Number(textOf(form, 'usd')) },
        })
      }
    >
      {(errors) => (
        <>
          <Field label={<Trans>Model</Trans>} name="model_id" required placeholder="bytedance/…" />
          <Field
            label={<Trans>USD per unit</Trans>}
            name="usd"
            type="number"
            min="0"
            step="0.000001"
            required
            error={errors?.get('usd')}
          />
        </>
      )}
    </FormDialog>
  );
}
