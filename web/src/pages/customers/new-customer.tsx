import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { createCustomer } from '../../api/operations.ts';
import { FormDialog, textOf } from '../../ui/form-dialog.tsx';
import { limitsPatch } from '../../ui/limit-fields.tsx';
import { NewTerms } from './term-fields.tsx';

/** Empty fields are not sent: the plan or the settings decide. */
function said(form: FormData) {
  const [markup, prepaid, plan] = ['markup', 'prepaid', 'plan'].map((name) => textOf(form, name));
  return {
    ...(markup === '' ? {} : { markup: Number(markup) }),
    ...(prepaid === '' ? {} : { prepaid: prepaid === 'true' }),
    ...(plan === '' || plan === undefined ? {} : { plan }),
  };
}

export function NewCustomer() {
  return (
    <FormDialog
      label={<Trans>New customer</Trans>}
      title={<Trans>New customer</Trans>}
      submit={<Trans>Create</Trans>}
      weight="primary"
      send={(form) =>
        createCustomer({
          body: {
            name: textOf(form, 'name'),
            external_id: textOf(form, 'external_id') || null,
            limits: limitsPatch(form, {}),
            ...said(form),
          },
        })
      }
      done={({ id, name, warnings }) => (
        <div className="grid gap-3">
          <p role="status">
            <Trans>{name} was created. Next, issue a key.</Trans>
          </p>
          {warnings?.map((warning) => (
            <p key={warning} className="text-warn">
              {warning}
            </p>
          ))}
          <Link to="/customers/$customer" params={{ customer: id }} className="text-accent underline">
            <Trans>Issue a key</Trans>
          </Link>
        </div>
      )}
    >
      {(errors) => <NewTerms errors={errors} />}
    </FormDialog>
  );
}
