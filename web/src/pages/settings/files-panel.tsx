// The retention of uploaded files.

import { Trans } from '@lingui/react/macro';
import type { AnswerOf } from '../../api/client.ts';
import { changeSettings } from '../../api/operations.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Panel } from '../../ui/layout.tsx';

type Settings = AnswerOf<'getSettings'>;

export function FilesPanel({ settings: { files_days: days } }: { settings: Settings }) {
  return (
    <Panel
      title={<Trans>Files</Trans>}
      actions={
        <FormDialog
          label={<Trans>Edit</Trans>}
          title={<Trans>Files</Trans>}
          submit={<Trans>Save</Trans>}
          send={(form) => changeSettings({ body: { files_days: Number(form.get('files_days')) } })}
        >
          {(errors) => (
            <Field
              label={<Trans>Days</Trans>}
              name="files_days"
              type="number"
              min="1"
              max="365"
              required
              defaultValue={days}
              error={errors?.get('files_days')}
            />
          )}
        </FormDialog>
      }
    >
      <p>
        <Trans>
          comfygate deletes new uploads after {days} days. The limit “Bytes of files” sets how much can be
          stored at once.
        </Trans>
      </p>
    </Panel>
  );
}
