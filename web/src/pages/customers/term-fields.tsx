// The terms of a customer as fields of a form: name, mark-up, payment, plan and limits.

import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Field, Select } from '../../ui/field.tsx';
import { LimitFields } from '../../ui/limit-fields.tsx';
import type { Customer } from './customers-page.tsx';
import { PlanSelect } from './plan-select.tsx';

type Errors = Map<string, string> | undefined;

/** The terms of a new customer. For empty fields the plan or the settings apply. */
export function NewTerms({ errors }: { errors: Errors }) {
  const { t } = useLingui();
  const none = t`from the settings`;
  return (
    <>
      <Names errors={errors} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Markup
          markup={null}
          hint={<Trans>1 is the list price, 1.25 adds 25 %. Empty: from the plan or the settings.</Trans>}
          errors={errors}
        />
        <Pays prepaid="" none={none} />
      </div>
      <PlanSelect plan={null} none={none} error={errors?.get('plan')} />
      <LimitFields limits={{}} legend={t`Limits (empty: from the plan or the settings)`} errors={errors} />
    </>
  );
}

export function TermFields({ customer, errors }: { customer: Customer; errors: Errors }) {
  const { t } = useLingui();
  const { own, plan, prepaid } = customer;
  return (
    <>
      <Names name={customer.name} externalId={customer.external_id} errors={errors} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Markup
          markup={own.markup}
          hint={<Trans>1 is the list price, 1.25 adds 25 %. Empty: from the plan, or 1.</Trans>}
          errors={errors}
        />
        <Pays prepaid={String(prepaid)} />
      </div>
      <PlanSelect plan={plan} error={errors?.get('plan')} />
      <LimitFields
        limits={own.limits}
        legend={t`Own limits (empty: from the plan, or no limit)`}
        errors={errors}
      />
    </>
  );
}

function Names({
  name,
  externalId = null,
  errors,
}: {
  name?: string;
  externalId?: string | null;
  errors: Errors;
}) {
  return (
    <>
      <Field
        label={<Trans>Name</Trans>}
        name="name"
        required
        maxLength={200}
        defaultValue={name}
        error={errors?.get('name')}
      />
      <Field
        label={<Trans>External id</Trans>}
        name="external_id"
        maxLength={200}
        hint={<Trans>The customer's id in your own system. It must be unique.</Trans>}
        defaultValue={externalId ?? ''}
        error={errors?.get('external_id')}
      />
    </>
  );
}

function Markup({ markup, hint, errors }: { markup: number | null; hint: ReactNode; errors: Errors }) {
  return (
    <Field
      label={<Trans>Mark-up</Trans>}
      name="markup"
      type="number"
      min="0"
      max="100"
      step="0.0001"
      hint={hint}
      defaultValue={markup ?? ''}
      error={errors?.get('markup')}
    />
  );
}

function Pays({ prepaid, none }: { prepaid: string; none?: string }) {
  const { t } = useLingui();
  return (
    <Select label={<Trans>Pays</Trans>} name="prepaid" defaultValue={prepaid}>
      {none === undefined ? null : <option value="">{none}</option>}
      <option value="true">{t`prepaid: from a balance`}</option>
      <option value="false">{t`postpaid: by invoice`}</option>
    </Select>
  );
}
