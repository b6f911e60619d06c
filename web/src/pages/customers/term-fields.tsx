// On which terms a customer buys, as fields of a form.

import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Field, Select } from '../../ui/field.tsx';
import { LimitFields } from '../../ui/limit-fields.tsx';
import type { Customer } from './customers-page.tsx';
import { PlanSelect } from './plan-select.tsx';

type Errors = Map<string, string> | undefined;

/** Of a new customer: what is left empty, the plan or the settings say. */
export function NewTerms({ errors }: { errors: Errors }) {
  const { t } = useLingui();
  const none = t`as the settings say`;
  return (
    <>
      <Names errors={errors} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Markup
          markup={null}
          hint={
            <Trans>1 is the list price, 1.25 is 25 % more. Empty: that of the plan or of the settings.</Trans>
          }
          errors={errors}
        />
        <Pays prepaid="" none={none} />
      </div>
      <PlanSelect plan={null} none={none} error={errors?.get('plan')} />
      <LimitFields
        limits={{}}
        legend={t`Limits; an empty field: as the plan or the settings say`}
        errors={errors}
      />
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
          hint={<Trans>1 is the list price, 1.25 is 25 % more. Empty: that of the plan, else 1.</Trans>}
          errors={errors}
        />
        <Pays prepaid={String(prepaid)} />
      </div>
      <PlanSelect plan={plan?.id ?? null} error={errors?.get('plan')} />
      <LimitFields
        limits={own.limits}
        legend={t`Limits of their own; an empty field: that of the plan, else none`}
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
        hint={<Trans>The customer's id in your own books; each once.</Trans>}
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
