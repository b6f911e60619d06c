// A model's price as a form. Factors and the amounts per list item are JSON: {"resolution": {"1080p": 2}}.

import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { patchModel } from '../../api/operations.ts';
import { Field, Select } from '../../ui/field.tsx';
import { firstOf, FormDialog } from '../../ui/form-dialog.tsx';
import { Calculator } from './calculator.tsx';
import type { Model } from './models-page.tsx';
import { priceOf, UNITS } from './price-form.ts';

/** The inputs of the schema, any of which may hold the quantity. */
function inputsOf({ input_schema: schema }: Model): string[] {
  const properties = schema['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

type Props = { model: Model; label: ReactNode; price: Model['price'] };

/** `price` fills the form: the model's own price, or a proposed one. */
export function PriceEditor({ model, label, price }: Props) {
  const { t } = useLingui();
  const names = { output: t`output`, image: t`image`, second: t`second`, minute: t`minute` };
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
              The price takes effect within ten seconds. Submitted jobs keep their price. Syncs no longer
              change this price.
            </Trans>
          </p>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field
              label={<Trans>List price in USD per unit</Trans>}
              name="usd"
              type="number"
              min="0"
              step="0.000001"
              required
              defaultValue={price?.usd}
              error={errors?.get('price.usd')}
            />
            <Select label={<Trans>Unit</Trans>} name="unit" defaultValue={price?.unit ?? 'output'}>
              {UNITS.map((unit) => (
                <option key={unit} value={unit}>
                  {names[unit]}
                </option>
              ))}
            </Select>
            <Select
              label={<Trans>Quantity from the input</Trans>}
              name="quantity"
              defaultValue={price?.quantity ?? ''}
              error={errors?.get('price.quantity')}
            >
              <option value="">{t`none: 1 unit per job`}</option>
              {inputsOf(model).map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
            <Bounds price={price} errors={errors} />
          </div>
          <Tables price={price} errors={errors} />
          <Calculator model={model} />
        </>
      )}
    </FormDialog>
  );
}

type Parts = { price: Model['price']; errors: ReadonlyMap<string, string> | undefined };

function Bounds({ price, errors }: Parts) {
  return (
    <>
      <Field
        label={<Trans>Maximum units per job</Trans>}
        name="max_quantity"
        type="number"
        min="0.001"
        step="0.001"
        hint={
          <Trans>If a file sets the length, comfygate holds this many units and charges by the cost.</Trans>
        }
        defaultValue={price?.max_quantity}
        error={errors?.get('price.max_quantity')}
      />
      <Field
        label={<Trans>Hold factor</Trans>}
        name="hold_factor"
        type="number"
        min="1"
        step="0.0001"
        hint={<Trans>Only for models that are charged by the cost.</Trans>}
        defaultValue={price?.hold_factor}
        error={errors?.get('price.hold_factor')}
      />
    </>
  );
}

/** The parts of the price that depend on other inputs. */
function Tables({ price, errors }: Parts) {
  return (
    <>
      <Field
        label={<Trans>Factors, as JSON</Trans>}
        name="factors"
        placeholder='{"resolution": {"1080p": 2}}'
        defaultValue={price?.factors === undefined ? '' : JSON.stringify(price.factors)}
        error={firstOf(errors, 'price.factors')}
      />
      <Field
        label={<Trans>Amounts per list item, as JSON</Trans>}
        name="adds"
        placeholder='[{"input": "images", "usd": 0.03}]'
        defaultValue={price?.adds === undefined ? '' : JSON.stringify(price.adds)}
        error={firstOf(errors, 'price.adds')}
      />
    </>
  );
}
