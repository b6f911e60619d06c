import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { changeKey, getKeyLimits } from '../../api/operations.ts';
import { Field } from '../../ui/field.tsx';
import { editedOnly, firstOf, FormDialog, listOf, textOf } from '../../ui/form-dialog.tsx';
import { LimitFields, limitsPatch } from '../../ui/limit-fields.tsx';
import { LimitUse } from '../../ui/limit-use.tsx';
import type { Key } from './key-columns.tsx';

export function EditKey({ of: key }: { of: Key }) {
  return (
    <FormDialog
      label={<Trans>Edit</Trans>}
      title={<Trans>Edit the key {key.name}</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form, edited) => {
        const models = listOf(form, 'models');
        const terms = { name: textOf(form, 'name'), models: models.length === 0 ? null : models };
        return changeKey({
          params: { key: key.id },
          body: { ...editedOnly(terms, edited), limits: limitsPatch(form, key.limits) },
        });
      }}
    >
      {(errors) => (
        <>
          <UseNow id={key.id} />
          <Field
            label={<Trans>Name</Trans>}
            name="name"
            required
            defaultValue={key.name}
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
            defaultValue={key.models?.join(', ')}
            error={firstOf(errors, 'models')}
          />
          <LimitFields limits={key.limits} errors={errors} />
        </>
      )}
    </FormDialog>
  );
}

function UseNow({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: ['key-limits', id],
    queryFn: () => getKeyLimits({ params: { key: id } }),
  });
  return data === undefined ? null : <LimitUse limits={data.limits} />;
}
