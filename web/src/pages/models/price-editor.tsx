// A model's price as a form. Factors are JSON: {"resolution": {"1080p": 2}}.

import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { patchModel } from '../../api/operations.ts';
import { Field, Select } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Calculator } from './calculator.tsx';
import type { Model } from './models-page.tsx';
import { priceOf } from './price-form.ts';

/** The inputs of the schema that can tell a quantity. */
function inputsOf({ input_schema: schema }: Model): string[] {
  const properties = schema['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

type Props = { model: Model; label: ReactNode; price: Model['price'] };

/** `price` is what the form begins with: the model's own, or one that is proposed. */
export function PriceEditor({ model, label, price }: Props) {
  const { t } = useLingui();
  return (
    <FormDialog
      label={label}
      title={<Trans>Price of {model.display_name}</Trans>}
      submit={<Trans>Save</Trans>}
      send={async (form) => patchModel({ params: { model_id: model.id }, body: { price: priceOf(form) } })}
    >
      {(errors) => (
        <>
          <p className="text-quiet">
            <Trans>
              Holds from the next ten seconds on. Jobs that were submitted keep their price, and no sync
              changes this one again.
            </Trans>
          </p>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field
              label={<Trans>USD a unit, list price</Trans>}
              name="usd"
              type="number"
              min="0"
              step="0.000001"
              required
              defaultValue={price?.usd}
              error={errors?.get('price.usd')}
            />
            <Select label={<Trans>Unit</Trans>} name="unit" defaultValue={price?.unit ?? 'output'}>
              <option value="output">{t`output`}</option>
              <option value="second">{t`second`}</option>
            </Select>
            <Select
              label={<Trans>Quantity from the input</Trans>}
              name="quantity"
              defaultValue={price?.quantity ?? ''}
            >
              <option value="">{t`none: one output`}</option>
              {inputsOf(model).map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
            <Field
              label={<Trans>Hold factor</Trans>}
              name="hold_factor"
              type="number"
              min="1"
              step="0.0001"
              hint={<Trans>Only where the cost is charged.</Trans>}
              defaultValue={price?.hold_factor}
              error={errors?.get('price.hold_factor')}
            />
          </div>
          <Field
            label={<Trans>Factors, as JSON</Trans>}
            name="factors"
            placeholder='{"resolution": {"1080p": 2}}'
            defaultValue={price?.factors === undefined ? '' : JSON.stringify(price.factors)}
            error={errors?.get('price.factors')}
          />
          <Calculator model={model} />
        </>
      )}
    </FormDialog>
  );
}
