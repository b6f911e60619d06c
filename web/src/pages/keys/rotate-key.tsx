// Replaces a key. Only this answer contains the text of the new key, which the dialog shows until it is closed.

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
            <Trans>Copy the key now. comfygate stores only its hash and can't show it again.</Trans>
          </p>
          <CopyText text={key} />
        </div>
      )}
    >
      {() => (
        <>
          <p>
            <Trans>
              The new key gets the same name, limits, models and expiry. Both keys share their limits until
              the old key and its browser tokens stop working.
            </Trans>
          </p>
          <Select label={<Trans>The old key works for</Trans>} name="grace" defaultValue="86400">
            <option value="0">{t`no time: stop it now`}</option>
            <option value="3600">{t`1 hour`}</option>
            <option value="86400">{t`1 day`}</option>
            <option value="604800">{t`1 week`}</option>
          </Select>
        </>
      )}
    </FormDialog>
  );
}
