// On which terms a customer buys, as fields of a form.

import { Trans, useLingui } from '@lingui/react/macro';
import { Field, Select } from '../../ui/field.tsx';
import { LimitFields } from '../../ui/limit-fields.tsx';
import type { Customer } from './customers-page.tsx';
import { PlanSelect } from './plan-select.tsx';

type Props = { customer?: Customer; errors: Map<string, string> | undefined };

export function TermFields({ customer, errors }: Props) {
  const { t } = useLingui();
  return (
    <>
      <Field
        label={<Trans>Name</Trans>}
        name="name"
        required
        maxLength={200}
        defaultValue={customer?.name}
        error={errors?.get('name')}
      />
      <Field
        label={<Trans>External id</Trans>}
        name="external_id"
        maxLength={200}
        hint={<Trans>The customer's id in your own books; each once.</Trans>}
        defaultValue={customer?.external_id ?? ''}
        error={errors?.get('external_id')}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={<Trans>Mark-up</Trans>}
          name="markup"
          type="number"
          min="0"
          max="100"
          step="0.0001"
          hint={
            customer === undefined ? (
              <Trans>
                1 is the list price, 1.25 is 25 % more. Empty: that of the plan or of the settings.
              </Trans>
            ) : (
              <Trans>1 is the list price, 1.25 is 25 % more. Empty: that of the plan, else 1.</Trans>
            )
          }
          defaultValue={customer?.own.markup ?? ''}
          error={errors?.get('markup')}
        />
        <Select label={<Trans>Pays</Trans>} name="prepaid" defaultValue={String(customer?.prepaid ?? '')}>
          {customer === undefined ? <option value="">{t`as the settings say`}</option> : null}
          <option value="true">{t`prepaid: from a balance`}</option>
          <option value="false">{t`postpaid: by invoice`}</option>
        </Select>
      </div>
      <PlanSelect
        plan={customer?.plan?.id ?? null}
        {...(customer === undefined ? { none: t`as the settings say` } : {})}
        error={errors?.get('plan')}
      />
      <LimitFields
        limits={customer?.own.limits ?? {}}
        legend={
          customer === undefined
            ? t`Limits; an empty field: as the plan or the settings say`
            : t`Limits of their own; an empty field: that of the plan, else none`
        }
        errors={errors}
      />
    </>
  );
}
