// The cost of a sample input at the price in the form, before it is saved.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { tryPrice } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { INPUT } from '../../ui/field.tsx';
import { usd } from '../../ui/format.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Model } from './models-page.tsx';
import { jsonOf, priceOf } from './price-form.ts';

type Property = { default?: unknown; enum?: unknown[]; type?: unknown };

/** The defaults of the schema: the values that RunComfy uses if a member is absent. */
function sampleOf({ input_schema: schema }: Model): Record<string, unknown> {
  const properties: Record<string, Property> = Object(schema['properties']);
  const sample: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = property.default ?? property.enum?.[0];
    if (value !== undefined) {
      sample[name] = value;
    }
  }
  return sample;
}

export function Calculator({ model }: { model: Model }) {
  const { t } = useLingui();
  const names = {
    unit: t`Unit price`,
    quantity: t`Quantity`,
    factor: t`Factor`,
    add: t`Items`,
    estimate: t`Estimate`,
    hold: t`Held`,
    charge: t`Charged`,
  };
  const [input, setInput] = useState(() => JSON.stringify(sampleOf(model), null, 2));
  const tried = useMutation({
    mutationFn: async (form: FormData) =>
      tryPrice({ body: { model_id: model.id, input: jsonOf(input), price: priceOf(form) } }),
  });
  return (
    <fieldset className="grid gap-2 rounded-md border border-line p-3">
      <legend className="px-1 font-medium">
        <Trans>Calculator</Trans>
      </legend>
      <label className="grid gap-1">
        <span>
          <Trans>A sample input, as JSON</Trans>
        </span>
        <textarea
          rows={5}
          spellCheck={false}
          className={`${INPUT} font-mono text-xs`}
          value={input}
          onChange={(event) => setInput(event.target.value)}
        />
      </label>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          disabled={tried.isPending}
          onClick={({ currentTarget: { form } }) => {
            if (form !== null) {
              tried.mutate(new FormData(form));
            }
          }}
        >
          <Trans>Calculate</Trans>
        </Button>
        {tried.data === undefined ? null : (
          <output className="font-medium">
            {'reason' in tried.data ? (
              tried.data.reason
            ) : (
              <Trans>
                {usd(tried.data.estimate_usd)} at the list price, {usd(tried.data.hold_usd)} held
              </Trans>
            )}
          </output>
        )}
      </div>
      {tried.data === undefined || 'reason' in tried.data ? null : (
        <ol className="grid gap-1 text-sm">
          {tried.data.steps.map(({ name, sum, usd: amount }, index) => (
            <li key={index} className="flex justify-between gap-3">
              <span className="min-w-0 break-words">
                {names[name]}: {sum}
              </span>
              <span>{amount === null ? '' : usd(amount)}</span>
            </li>
          ))}
        </ol>
      )}
      <ProblemNote error={tried.error} />
    </fieldset>
  );
}
