// Erases a customer. The dialog lists what is erased and what is kept, and says that nobody can undo it.

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
      title={<Trans>Erase {name} permanently?</Trans>}
      submit={<Trans>Erase permanently</Trans>}
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
              Immediately erased: the name, the external id and the LoRA names. Every key is revoked. Erased
              within minutes or hours: results and inputs of all jobs, Idempotency-Keys, end users, browser
              tokens, notes of credits, and the details of audit entries.
            </Trans>
          </p>
          <p>
            <Trans>
              Kept under the id {id}: jobs, amounts and audit entries. You cannot undo this, except by a
              restore of the whole database.
            </Trans>
          </p>
          {balance === 0 && held === 0 ? null : (
            <p className="text-warn">
              <Trans>
                Balance: {usd(balance)}. Held by open jobs: {usd(held)}. After the erasure you cannot book
                credits.
              </Trans>
            </p>
          )}
          <label htmlFor={force} className="flex items-center gap-2">
            <input id={force} type="checkbox" name="force" />
            <Trans>Erase even with open jobs or a balance</Trans>
          </label>
        </div>
      )}
    </FormDialog>
  );
}
