// The form: the model, the fields of its schema, and the price of a run.

import type { CatalogueModel, Client } from 'comfygate';
import { useState, type FormEvent } from 'react';
import { defaultsOf, type Field, type Values } from './fields.ts';
import { FormField } from './form-field.tsx';
import { ModelChoice } from './model-choice.tsx';
import { Note } from './note.tsx';
import type { Price } from './price.ts';

export type Draft = { model: string; values: Values };

type Composed = {
  client: Client;
  models: CatalogueModel[];
  draft: Draft;
  fields: Field[];
  missing: Field[];
  price: Price;
  isRunning: boolean;
  onDraft: (change: (draft: Draft) => Draft) => void;
  onRun: () => void;
};

export function startOf({ model_id: model, input_schema: schema = {} }: CatalogueModel): Draft {
  return { model, values: defaultsOf(schema) };
}

/** The first picture of the form, for the stage. */
export function pictureIn(fields: Field[], values: Values): string | null {
  const names = fields
    .filter((field) => field.kind === 'file' && field.accept === 'image/*')
    .map(({ name }) => name);
  const [url] = names.flatMap((name) => values[name] ?? []);
  return typeof url === 'string' ? url : null;
}

export function Composer({
  client,
  models,
  draft,
  fields,
  missing,
  price,
  isRunning,
  onDraft,
  onRun,
}: Composed) {
  const [wasTried, setTried] = useState(false);
  const set = (name: string, value: unknown) =>
    onDraft(({ values }) => ({ model: draft.model, values: { ...values, [name]: value } }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing.length === 0 && !isRunning) {
      onRun();
    } else {
      document.querySelector<HTMLElement>(`[name="${missing[0]?.name}"]`)?.focus();
    }
  };
  const shown = (field: Field) => (
    <FormField
      key={`${draft.model} ${field.name}`}
      client={client}
      field={field}
      value={draft.values[field.name]}
      mistake={wasTried && missing.includes(field) ? 'Required.' : price.mistakes.get(field.name)}
      onChange={(value) => set(field.name, value)}
    />
  );
  const more = fields.filter((field) => !isPlain(field));
  return (
    <form
      noValidate
      onSubmit={submit}
      className="grid gap-5 rounded-2xl border border-line bg-panel p-4 shadow-sm sm:p-6"
    >
      <ModelChoice
        models={models}
        chosen={draft.model}
        onChoose={(model) => {
          setTried(false);
          onDraft(({ values }) => ({
            model: model.model_id,
            values: { ...startOf(model).values, ...kept(values) },
          }));
        }}
      />
      {fields.filter(isPlain).map(shown)}
      {more.length === 0 ? null : (
        <details className="group">
          <summary className="cursor-pointer font-medium text-quiet">More settings</summary>
          <div className="mt-4 grid gap-5">{more.map(shown)}</div>
        </details>
      )}
      {price.error === null ? null : <Note error={price.error} />}
      <button
        type="submit"
        aria-disabled={isRunning}
        className="flex min-h-12 items-center justify-between gap-3 rounded-xl bg-accent px-5 font-semibold text-on-accent shadow-sm hover:opacity-90 aria-disabled:cursor-default aria-disabled:bg-raised aria-disabled:text-quiet"
      >
        <span>{isRunning ? 'Running …' : 'Make the clip'}</span>
        <span aria-live="polite" className="font-normal tabular-nums">
          {price.text}
        </span>
      </button>
    </form>
  );
}

/** All other fields are under More settings. */
const isPlain = ({ kind, isRequired }: Field) => isRequired || kind === 'file' || kind === 'choice';

/** The prompt stays when the visitor chooses another model; other fields get the defaults of the model. */
function kept({ prompt }: Values): Values {
  return prompt === undefined ? {} : { prompt };
}
