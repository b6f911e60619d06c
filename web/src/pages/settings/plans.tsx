// Plans: named sets of limits, mark-up and models that customers share.

import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { changePlan, createPlan, deletePlan } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { editedOnly, firstOf, FormDialog, listOf, textOf } from '../../ui/form-dialog.tsx';
import { count } from '../../ui/format.ts';
import { Acts, Empty, Loading, Panel } from '../../ui/layout.tsx';
import { LimitFields, limitsPatch, limitsText } from '../../ui/limit-fields.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { usePlans } from '../customers/plan-select.tsx';

type Plan = AnswerOf<'listPlans'>['items'][number];

export function Plans() {
  const { t } = useLingui();
  const { data, error } = usePlans();
  const columns = useColumns();
  return (
    <Panel title={<Trans>Plans</Trans>} actions={<EditPlan />}>
      <ProblemNote error={error} />
      {data === undefined ? (
        <Loading />
      ) : data.items.length === 0 ? (
        <Empty>
          <Trans>A plan sets the limits, mark-up and models of all its customers.</Trans>
        </Empty>
      ) : (
        <Table label={t`Plans`} columns={columns} rows={data.items} />
      )}
    </Panel>
  );
}

function useColumns(): Column<Plan>[] {
  const { t } = useLingui();
  return [
    { id: 'name', header: <Trans>Plan</Trans>, text: ({ name }) => name },
    {
      id: 'customers',
      header: <Trans>Customers</Trans>,
      isNumber: true,
      text: (plan) => String(plan.customers),
      cell: ({ id, customers }) => (
        <Link to="/customers" search={{ plan: id }} className="text-accent hover:underline">
          {count(customers)}
        </Link>
      ),
    },
    {
      id: 'markup',
      header: <Trans>Mark-up</Trans>,
      isNumber: true,
      text: ({ markup }) => (markup === null ? '–' : `× ${markup}`),
    },
    {
      id: 'limits',
      header: <Trans>Limits</Trans>,
      text: ({ limits }) => limitsText(limits) || '–',
    },
    {
      id: 'models',
      header: <Trans>Models</Trans>,
      text: ({ models }) => models?.join(', ') ?? t`all`,
    },
    {
      id: 'acts',
      header: <Acts />,
      isAct: true,
      text: () => '',
      cell: (plan) => (
        <div className="flex justify-end gap-2">
          <EditPlan plan={plan} />
          <Confirm
            label={<Trans>Delete</Trans>}
            title={<Trans>Delete the plan {plan.name}?</Trans>}
            act={() => deletePlan({ params: { plan: plan.id } })}
          >
            <p>
              <Trans>
                You can't delete a plan that has customers or that is the default for new customers.
              </Trans>
            </p>
          </Confirm>
        </div>
      ),
    },
  ];
}

function EditPlan({ plan }: { plan?: Plan }) {
  return (
    <FormDialog
      label={plan === undefined ? <Trans>New plan</Trans> : <Trans>Edit</Trans>}
      title={plan === undefined ? <Trans>New plan</Trans> : <Trans>Edit the plan {plan.name}</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form, edited) => {
        const markup = textOf(form, 'markup');
        const models = listOf(form, 'models');
        const terms = {
          name: textOf(form, 'name'),
          markup: markup === '' ? null : Number(markup),
          models: models.length === 0 ? null : models,
        };
        const limits = limitsPatch(form, plan?.limits ?? {});
        return plan === undefined
          ? createPlan({ body: { ...terms, limits } })
          : changePlan({ params: { plan: plan.id }, body: { ...editedOnly(terms, edited), limits } });
      }}
    >
      {(errors) => (
        <>
          <p className="text-quiet">
            <Trans>
              Changes apply to all customers of the plan from their next submit. A customer's own values take
              precedence.
            </Trans>
          </p>
          <Field
            label={<Trans>Name</Trans>}
            name="name"
            required
            maxLength={200}
            defaultValue={plan?.name}
            error={errors?.get('name')}
          />
          <Field
            label={<Trans>Mark-up</Trans>}
            name="markup"
            type="number"
            min="0"
            max="100"
            step="0.0001"
            defaultValue={plan?.markup ?? ''}
            error={errors?.get('markup')}
          />
          <Field
            label={<Trans>Models</Trans>}
            name="models"
            hint={
              <Trans>
                Model ids and prefixes such as bytedance/*, separated by commas. Empty: all models.
              </Trans>
            }
            defaultValue={plan?.models?.join(', ') ?? ''}
            error={firstOf(errors, 'models')}
          />
          <LimitFields limits={plan?.limits ?? {}} errors={errors} />
        </>
      )}
    </FormDialog>
  );
}
