// The page: a model and its form on one side, the run and its result on the other.

import type { CatalogueModel, Client } from 'comfygate';
import { useRun } from 'comfygate/react';
import { useAnswer } from './answer.ts';
import { Composer, pictureIn, startOf, type Draft } from './composer.tsx';
import { fieldsOf, inputOf, missingOf } from './fields.ts';
import { useKept } from './kept.ts';
import { Left } from './left.tsx';
import { Note } from './note.tsx';
import { usePrice } from './price.ts';
import { Stage } from './stage.tsx';

export function App({ client }: { client: Client }) {
  const { answer, error } = useAnswer(
    (signal) => client.models({ include_schema: 'true' }, { signal }),
    client,
  );
  const models = answer?.models ?? [];
  const [first] = models;
  return (
    <div className="mx-auto max-w-7xl px-4 py-6 sm:px-6 lg:py-10">
      <header className="mb-6 flex items-center gap-3 lg:mb-8">
        <img src="/example/icon.svg" alt="" className="size-10 rounded-xl shadow-sm" />
        <div>
          <h1 className="text-xl font-semibold tracking-tight">Moving pictures</h1>
          <p className="text-quiet">Turn your picture and a sentence into a clip.</p>
        </div>
      </header>
      <main>
        {error === null ? null : <Note error={error} />}
        {first === undefined ? (
          <p role="status">{answer === null ? 'Loading models …' : 'No models available.'}</p>
        ) : (
          <Studio client={client} models={models} first={first} />
        )}
      </main>
    </div>
  );
}

function Studio({
  client,
  models,
  first,
}: {
  client: Client;
  models: CatalogueModel[];
  first: CatalogueModel;
}) {
  const [kept, setDraft] = useKept<Draft>('draft', startOf(first));
  const model = models.find(({ model_id: id }) => id === kept.model) ?? first;
  const draft = model.model_id === kept.model ? kept : startOf(model);
  const fields = fieldsOf(model.input_schema ?? {});
  const missing = missingOf(fields, draft.values);
  const input = inputOf(draft.values);
  const price = usePrice(client, model.model_id, missing.length === 0 ? input : null);
  const { state, isRunning, run, cancel, reset } = useRun(client, { remember: 'example' });
  // Each start and each end of a run changes the limits.
  const left = useAnswer((signal) => client.key({ signal }), state.status);
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)] lg:gap-8">
      <Composer
        client={client}
        models={models}
        draft={draft}
        fields={fields}
        missing={missing}
        price={price}
        isRunning={isRunning}
        onDraft={setDraft}
        onRun={() => run(model.model_id, input)}
      />
      <div className="grid gap-6 lg:sticky lg:top-8">
        <Stage
          state={state}
          isRunning={isRunning}
          picture={pictureIn(fields, draft.values)}
          onCancel={cancel}
          onReset={reset}
        />
        <Left limits={left.answer?.limits ?? []} />
      </div>
    </div>
  );
}
