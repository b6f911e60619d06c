// One customer: balance, limits, keys, credits and own prices.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { changeCustomer, getCustomer, getCustomerLimits, reportUsage } from '../../api/operations.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { editedOnly, FormDialog, textOf } from '../../ui/form-dialog.tsx';
import { usd } from '../../ui/format.ts';
import { Fact, Facts, Loading, Page, Panel, Stat, Time } from '../../ui/layout.tsx';
import { limitsPatch } from '../../ui/limit-fields.tsx';
import { LimitUse } from '../../ui/limit-use.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { CustomerKeys } from '../keys/customer-keys.tsx';
import { Credits } from './credits.tsx';
import type { Customer } from './customers-page.tsx';
import { Erase } from './erase.tsx';
import { OwnPrices } from './own-prices.tsx';
import { CustomerStatus } from './standing.tsx';
import { TermFields } from './term-fields.tsx';

const route = getRouteApi('/shell/customers/$customer');

export function CustomerPage() {
  const { customer: id } = route.useParams();
  const { data: customer, error } = useQuery({
    queryKey: ['customer', id],
    queryFn: () => getCustomer({ params: { customer: id } }),
  });
  const limits = useQuery({
    queryKey: ['customer-limits', id],
    queryFn: () => getCustomerLimits({ params: { customer: id } }),
  });
  if (customer === undefined) {
    return (
      <Page title={<Trans>Customer</Trans>}>
        {error === null ? <Loading /> : <ProblemNote error={error} />}
      </Page>
    );
  }
  return (
    <Page
      title={customer.name}
      actions={
        <>
          <Link to="/jobs" search={{ customer: id }} className={buttonClass()}>
            <Trans>Jobs</Trans>
          </Link>
          <Link to="/customers/$customer/statement" params={{ customer: id }} className={buttonClass()}>
            <Trans>Statement</Trans>
          </Link>
          {customer.status === 'active' || customer.status === 'suspended' ? (
            <>
              <Edit customer={customer} />
              <Standing customer={customer} />
              <Erase customer={customer} />
            </>
          ) : null}
        </>
      }
    >
      <Figures customer={customer} />
      <div className="grid min-w-0 gap-5 xl:grid-cols-2">
        <Panel title={<Trans>Limits</Trans>}>
          <ProblemNote error={limits.error} />
          {limits.data === undefined ? null : <LimitUse limits={limits.data.limits} />}
        </Panel>
        <Panel title={<Trans>Facts</Trans>}>
          <CustomerFacts customer={customer} />
        </Panel>
      </div>
      <CustomerKeys customer={customer} />
      <Credits customer={customer} />
      <OwnPrices customer={customer} />
    </Page>
  );
}

function Figures({ customer }: { customer: Customer }) {
  const usage = useQuery({
    queryKey: ['usage-of', customer.id],
    queryFn: () => reportUsage({ query: { customer: customer.id } }),
  });
  const total = usage.data?.total;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        name={<Trans>Balance</Trans>}
        {...(customer.prepaid && customer.balance_usd <= 0 ? { tone: 'bad' as const } : {})}
      >
        {usd(customer.balance_usd)}
      </Stat>
      <Stat name={<Trans>Held by open jobs</Trans>}>{usd(customer.held_usd)}</Stat>
      <Stat name={<Trans>Charged this month</Trans>}>
        {total === undefined ? '…' : usd(total.charged_usd)}
      </Stat>
      <Stat name={<Trans>Margin this month</Trans>}>{total === undefined ? '…' : usd(total.margin_usd)}</Stat>
    </dl>
  );
}

function CustomerFacts({ customer }: { customer: Customer }) {
  const { t } = useLingui();
  return (
    <Facts>
      <Fact name={<Trans>Status</Trans>}>
        <CustomerStatus status={customer.status} />
      </Fact>
      <Fact name={<Trans>Id</Trans>}>
        <code className="text-xs break-all">{customer.id}</code>
      </Fact>
      <Fact name={<Trans>External id</Trans>}>{customer.external_id ?? '–'}</Fact>
      <Fact name={<Trans>Mark-up</Trans>}>× {customer.markup}</Fact>
      <Fact name={<Trans>Plan</Trans>}>{customer.plan?.name ?? t`none`}</Fact>
      <Fact name={<Trans>Models</Trans>}>{customer.models?.join(', ') ?? t`all`}</Fact>
      <Fact name={<Trans>Pays</Trans>}>{customer.prepaid ? t`prepaid` : t`postpaid`}</Fact>
      <Fact name={<Trans>Created</Trans>}>
        <Time at={customer.created_at} />
      </Fact>
    </Facts>
  );
}

function Edit({ customer }: { customer: Customer }) {
  return (
    <FormDialog
      label={<Trans>Edit</Trans>}
      title={<Trans>Edit {customer.name}</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form, edited) => {
        const terms = {
          name: textOf(form, 'name'),
          external_id: textOf(form, 'external_id') || null,
          markup: textOf(form, 'markup') === '' ? null : Number(textOf(form, 'markup')),
          plan: textOf(form, 'plan') || null,
          prepaid: textOf(form, 'prepaid') === 'true',
        };
        return changeCustomer({
          params: { customer: customer.id },
          body: { ...editedOnly(terms, edited), limits: limitsPatch(form, customer.own.limits) },
        });
      }}
    >
      {(errors) => <TermFields customer={customer} errors={errors} />}
    </FormDialog>
  );
}

function Standing({ customer: { id, name, status } }: { customer: Customer }) {
  const isActive = status === 'active';
  return (
    <Confirm
      label={isActive ? <Trans>Suspend</Trans> : <Trans>Reactivate</Trans>}
      title={isActive ? <Trans>Suspend {name}?</Trans> : <Trans>Reactivate {name}?</Trans>}
      act={() =>
        changeCustomer({ params: { customer: id }, body: { status: isActive ? 'suspended' : 'active' } })
      }
    >
      <p>
        {isActive ? (
          <Trans>From now on, every key of {name} gets 403. Running jobs continue and are charged.</Trans>
        ) : (
          <Trans>The keys of {name} work again.</Trans>
        )}
      </p>
    </Confirm>
  );
}
