// The defaults for new customers, and the retention of results.

import { Trans, useLingui } from '@lingui/react/macro';
import { changeSettings } from '../../api/operations.ts';
import { Field, Select } from '../../ui/field.tsx';
import { editedOnly, FormDialog, textOf } from '../../ui/form-dialog.tsx';
import { Fact, Facts, Panel } from '../../ui/layout.tsx';
import { LimitFields, limitsPatch, limitsText } from '../../ui/limit-fields.tsx';
import { PlanSelect, usePlans } from '../customers/plan-select.tsx';
import type { Settings } from './settings-page.tsx';

export function Defaults({ settings: { defaults, retention_days: days } }: { settings: Settings }) {
  const { t } = useLingui();
  const { data } = usePlans();
  const { plan: id } = defaults;
  const plan = id === null ? null : { id, name: data?.items.find((one) => one.id === id)?.name ?? id };
  return (
    <Panel title={<Trans>New customers</Trans>} actions={<Edit defaults={defaults} plan={plan} />}>
      <p className="text-quiet">
        <Trans>
          A new customer gets these values unless you or their plan set others. Later changes do not affect
          existing customers.
        </Trans>
      </p>
      <Facts>
        <Fact name={<Trans>Mark-up</Trans>}>× {defaults.markup ?? 1}</Fact>
        <Fact name={<Trans>Pays</Trans>}>{defaults.prepaid ? t`prepaid` : t`postpaid`}</Fact>
        <Fact name={<Trans>Limits</Trans>}>{limitsText(defaults.limits) || t`none`}</Fact>
        <Fact name={<Trans>Plan</Trans>}>{plan?.name ?? t`none`}</Fact>
        <Fact name={<Trans>Retention of results</Trans>}>
          <Trans>{days} days</Trans> <Retention days={days} />
        </Fact>
      </Facts>
    </Panel>
  );
}

type Plan = { id: string; name: string } | null;

function Edit({ defaults, plan }: Pick<Settings, 'defaults'> & { plan: Plan }) {
  const { t } = useLingui();
  return (
    <FormDialog
      label={<Trans>Edit</Trans>}
      title={<Trans>Defaults for new customers</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form, edited) => {
        const markup = textOf(form, 'markup');
        const terms = {
          markup: markup === '' ? null : Number(markup),
          prepaid: textOf(form, 'prepaid') === 'true',
          plan: textOf(form, 'plan') || null,
        };
        const limits = limitsPatch(form, defaults.limits);
        return changeSettings({ body: { defaults: { ...editedOnly(terms, edited), limits } } });
      }}
    >
      {(errors) => (
        <>
          <PlanSelect plan={plan} error={errors?.get('defaults.plan')} />
          <div className="grid gap-3 sm:grid-cols-2">
            <Field
              label={<Trans>Mark-up</Trans>}
              name="markup"
              type="number"
              min="0"
              max="100"
              step="0.0001"
              defaultValue={defaults.markup ?? ''}
              error={errors?.get('defaults.markup')}
            />
            <Select label={<Trans>Pays</Trans>} name="prepaid" defaultValue={String(defaults.prepaid)}>
              <option value="true">{t`prepaid: from a balance`}</option>
              <option value="false">{t`postpaid: by invoice`}</option>
            </Select>
          </div>
          <LimitFields limits={defaults.limits} path="defaults.limits" errors={errors} />
        </>
      )}
    </FormDialog>
  );
}

function Retention({ days }: { days: number }) {
  return (
    <FormDialog
      label={<Trans>Change</Trans>}
      title={<Trans>Retention of results</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form) => changeSettings({ body: { retention_days: Number(textOf(form, 'retention_days')) } })}
    >
      {(errors) => (
        <Field
          label={<Trans>Days</Trans>}
          name="retention_days"
          type="number"
          min="1"
          max="3650"
          required
          hint={<Trans>comfygate permanently deletes results and inputs of older jobs.</Trans>}
          defaultValue={days}
          error={errors?.get('retention_days')}
        />
      )}
    </FormDialog>
  );
}
