import { Trans, useLingui } from '@lingui/react/macro';
import { patchModel } from '../../api/operations.ts';
import { Select } from '../../ui/field.tsx';
import { editedOnly, FormDialog, textOf } from '../../ui/form-dialog.tsx';
import type { Model } from './models-page.tsx';

type Mode = Model['validation'];

function modeOf(text: string): Mode {
  return text === 'advise' || text === 'off' ? text : 'enforce';
}

export function Modes({ model }: { model: Model }) {
  const { t } = useLingui();
  const modes = (
    <>
      <option value="enforce">{t`enforce: refuse invalid inputs at no cost`}</option>
      <option value="advise">{t`advise: forward invalid inputs with a warning`}</option>
      <option value="off">{t`off: no validation`}</option>
    </>
  );
  return (
    <FormDialog
      label={<Trans>Edit</Trans>}
      title={<Trans>Rules for {model.display_name}</Trans>}
      submit={<Trans>Save</Trans>}
      send={(form, edited) => {
        const charge: Model['charge'] = textOf(form, 'charge') === 'cost' ? 'cost' : 'estimate';
        const rules = {
          validation: modeOf(textOf(form, 'validation')),
          media: modeOf(textOf(form, 'media')),
          charge,
        };
        return patchModel({ params: { model_id: model.id }, body: editedOnly(rules, edited) });
      }}
    >
      {() => (
        <>
          <Select label={<Trans>Input validation</Trans>} name="validation" defaultValue={model.validation}>
            {modes}
          </Select>
          <Select label={<Trans>Media validation</Trans>} name="media" defaultValue={model.media}>
            {modes}
          </Select>
          <Select label={<Trans>Charged</Trans>} name="charge" defaultValue={model.charge}>
            <option value="estimate">{t`by the estimate`}</option>
            <option value="cost">{t`by RunComfy's cost × mark-up, at most the hold`}</option>
          </Select>
        </>
      )}
    </FormDialog>
  );
}
