// Replaces a key. The text of its successor is in this one answer, and is shown until the dialog is closed.

import { Trans, useLingui } from '@lingui/react/macro';
import { rotateKey } from '../../api/operations.ts';
import { CopyText } from '../../ui/copy-text.tsx';
import { Select } from '../../ui/field.tsx';
import { FormDialog, textOf } from '../../ui/form-dialog.tsx';
import type { Key } from './key-columns.tsx';

export function RotateKey({ of: { id, name } }: { of: Key }) {
  const { t } = useLingui();
  return (
    <FormDialog
      label={<Trans>Rotate</Trans>}
      title={<Trans>Rotate the key {name}</Trans>}
      submit={<Trans>Rotate</Trans>}
      send={(form) =>
        rotateKey({ params: { key: id }, body: { grace_seconds: Number(textOf(form, 'grace')) } })
      }
      done={({ key }) => (
        <div className="grid gap-3">
          <p role="status" className="rounded-md border border-warn bg-warn-soft px-3 py-2">
            <Trans>Copy the key now: only its hash is kept, and nobody can show it again.</Trans>
          </p>
          <CopyText text={key} />
        </div>
      )}
    >
      {() => (
        <>
          <p>
            <Trans>
              The new key has the same name, limits, models and expiry. Both share one cap until the old one
              dies, and its browser tokens with it.
            </Trans>
          </p>
          <Select label={<Trans>The old key works for</Trans>} name="grace" defaultValue="86400">
            <option value="0">{t`no longer`}</option>
            <option value="3600">{t`an hour`}</option>
            <option value="86400">{t`a day`}</option>
            <option value="604800">{t`a week`}</option>
          </Select>
        </>
      )}
    </FormDialog>
  );
}
