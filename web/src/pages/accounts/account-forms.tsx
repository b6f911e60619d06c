// The forms of an account. The gateway seals the token and never returns it.

import { Trans } from '@lingui/react/macro';
import { changeAccount, createAccount } from '../../api/operations.ts';
import { Field } from '../../ui/field.tsx';
import { editedOnly, FormDialog, textOf } from '../../ui/form-dialog.tsx';
import { LimitFields, limitsPatch } from '../../ui/limit-fields.tsx';
import type { Account } from './accounts-page.tsx';

type Errors = Map<string, string> | undefined;

function TokenField({ errors }: { errors: Errors }) {
  return (
    <Field
      label={<Trans>Token of the RunComfy account</Trans>}
      name="token"
      type="password"
      autoComplete="off"
      required
      hint={<Trans>comfygate tests the token, seals it with VAULT_KEY, and never shows it again.</Trans>}
      error={errors?.get('token')}
    />
  );
}

function TermFields({ account, errors }: { account?: Account; errors: Errors }) {
  return (
    <>
      <Field
        label={<Trans>Label</Trans>}
        name="label"
        required
        maxLength={200}
        defaultValue={account?.label}
        error={errors?.get('label')}
      />
      <Field
        label={<Trans>Priority</Trans>}
        name="priority"
        type="number"
        min="0"
        step="1"
        required
        hint={<Trans>Jobs go to the account with the lowest number first.</Trans>}
        defaultValue={account?.priority ?? 100}
        error={errors?.get('priority')}
      />
    </>
  );
}

export function AddAccount() {
  return (
    <FormDialog
      label={<Trans>Add an account</Trans>}
      title={<Trans>Add a RunComfy account</Trans>}
      submit={<Trans>Add</Trans>}
      weight="primary"
      send={(form) =>
        createAccount({
          body: {
            label: textOf(form, 'label'),
            token: textOf(form, 'token'),
            priority: Number(textOf(form, 'priority')),
            limits: limitsPatch(form, {}),
          },
        })
      }
    >
      {(errors) => (
        <>
          <TermFields errors={errors} />
          <TokenField errors={errors} />
          <LimitFields limits={{}} errors={errors} />
        </>
      )}
    </FormDialog>
  );
}

export function Terms({ account }: { account: Account }) {
  return (
    <FormDialog
      label={<Trans>Edit</Trans>}
      title={<Trans>Edit {account.label}</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form, edited) => {
        const terms = { label: textOf(form, 'label'), priority: Number(textOf(form, 'priority')) };
        return changeAccount({
          params: { account: account.id },
          body: { ...editedOnly(terms, edited), limits: limitsPatch(form, account.limits) },
        });
      }}
    >
      {(errors) => (
        <>
          <TermFields account={account} errors={errors} />
          <LimitFields limits={account.limits} errors={errors} />
        </>
      )}
    </FormDialog>
  );
}

export function ReplaceToken({ account }: { account: Account }) {
  return (
    <FormDialog
      label={<Trans>Replace token</Trans>}
      title={<Trans>Replace the token of {account.label}</Trans>}
      submit={<Trans>Replace</Trans>}
      send={(form) =>
        changeAccount({ params: { account: account.id }, body: { token: textOf(form, 'token') } })
      }
    >
      {(errors) => (
        <>
          <p>
            <Trans>
              Running jobs are polled with the new token too, so it must belong to the same RunComfy account.
            </Trans>
          </p>
          <TokenField errors={errors} />
        </>
      )}
    </FormDialog>
  );
}
