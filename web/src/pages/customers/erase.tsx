// A customer is forgotten: the dialog says what goes, what stays, and what nobody can take back.

import { Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { eraseCustomer } from '../../api/operations.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { usd } from '../../ui/format.ts';
import type { Customer } from './customers-page.tsx';

export function Erase({ customer }: { customer: Customer }) {
  const { id, name, balance_usd: balance, held_usd: held } = customer;
  const force = useId();
  return (
    <FormDialog
      label={<Trans>Erase</Trans>}
      title={<Trans>Erase {name} for good?</Trans>}
      submit={<Trans>Erase for good</Trans>}
      weight="danger"
      send={(form) =>
        eraseCustomer({
          params: { customer: id },
          query: form.get('force') === null ? {} : { force: 'true' },
        })
      }
    >
      {() => (
        <div className="grid gap-2">
          <p>
            <Trans>
              At once: the name, the external id and the LoRA names are gone, and every key is dead. Within
              minutes or hours: results and inputs of all jobs, Idempotency-Keys, end users, browser tokens,
              notes of credits, and the details of the audit.
            </Trans>
          </p>
          <p>
            <Trans>
              What stays: jobs, amounts and the entries of the audit, under the id {id}. Nobody can take this
              back; only a restore of the whole database can.
            </Trans>
          </p>
          {balance === 0 && held === 0 ? null : (
            <p className="text-warn">
              <Trans>
                The balance is {usd(balance)}, and open jobs hold {usd(held)}. Nothing can be booked behind
                this.
              </Trans>
            </p>
          )}
          <label htmlFor={force} className="flex items-center gap-2">
            <input id={force} type="checkbox" name="force" />
            <Trans>Also with open jobs or a balance</Trans>
          </label>
        </div>
      )}
    </FormDialog>
  );
}
