// Issues a key. Only this answer contains its text, which the dialog shows until it is closed.

import { Trans } from '@lingui/react/macro';
import { issueKey } from '../../api/operations.ts';
import { CopyText } from '../../ui/copy-text.tsx';
import { Field } from '../../ui/field.tsx';
import { firstOf, FormDialog, listOf, textOf } from '../../ui/form-dialog.tsx';
import { LimitFields, limitsPatch } from '../../ui/limit-fields.tsx';

export function IssueKey({ customer, name }: { customer: string; name: string }) {
  return (
    <FormDialog
      label={<Trans>Issue a key</Trans>}
      title={<Trans>Issue a key for {name}</Trans>}
      submit={<Trans>Issue</Trans>}
      weight="primary"
      send={(form) => {
        const models = listOf(form, 'models');
        return issueKey({
          params: { customer },
          body: {
            name: textOf(form, 'name'),
            models: models.length === 0 ? null : models,
            expires_at: textOf(form, 'expires_at') || null,
            limits: limitsPatch(form, {}),
          },
        });
      }}
      done={({ key, warnings }) => (
        <div className="grid gap-3">
          <p role="status" className="rounded-md border border-warn bg-warn-soft px-3 py-2">
            <Trans>Copy the key now. comfygate stores only its hash and can't show it again.</Trans>
          </p>
          <CopyText text={key} />
          {warnings?.map((warning) => (
            <p key={warning} className="text-warn">
              {warning}
            </p>
          ))}
        </div>
      )}
    >
      {(errors) => (
        <>
          <Field
            label={<Trans>Name</Trans>}
            name="name"
            required
            maxLength={200}
            error={errors?.get('name')}
          />
          <Field
            label={<Trans>Models</Trans>}
            name="models"
            hint={
              <Trans>
                Model ids and prefixes such as bytedance/*, separated by commas. Empty: all models.
              </Trans>
            }
            error={firstOf(errors, 'models')}
          />
          <Field
            label={<Trans>Expires at the start of (UTC)</Trans>}
            name="expires_at"
            type="date"
            error={errors?.get('expires_at')}
          />
          <LimitFields limits={{}} errors={errors} />
        </>
      )}
    </FormDialog>
  );
}
