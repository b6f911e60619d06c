// Models that cannot be sold: the reason, and the step that makes each of them sellable.

import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { listModels, patchModel } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Model } from './models-page.tsx';
import { PriceEditor } from './price-editor.tsx';
import { Proposal } from './proposal.tsx';
import { proposalOf } from './read-proposal.ts';
import type { Report } from './sync.tsx';

const SHOWN = 20;
/** The most that the API lists in one call. */
const MAX_SHOWN = 200;

export function Unsold({ report: { unpriced, not_understood: unread } }: { report: Report }) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const items = [
    ...unpriced.map((item) => ({ ...item, lacks: 'price' as const })),
    ...unread.map((item) => ({ ...item, lacks: 'schema' as const })),
  ];
  const ids = items.slice(0, shown).map(({ model_id: id }) => id);
  const { data, error } = useQuery({
    queryKey: ['models', 'unsold', ids],
    queryFn: () => listModels({ query: { id: ids.join(','), limit: MAX_SHOWN } }),
    enabled: open,
    placeholderData: (before) => before,
  });
  const modelOf = new Map(data?.items.map((model) => [model.id, model]));
  if (items.length === 0) {
    return null;
  }
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer font-medium">
        <Trans>{items.length} models that cannot be sold</Trans>
      </summary>
      <div className="mt-2 grid justify-items-start gap-3">
        <ProblemNote error={error} />
        <ul className="grid w-full gap-3">
          {items.slice(0, shown).map(({ model_id: id, reason, lacks }) => (
            <li
              key={lacks + id}
              className="grid justify-items-start gap-1 border-b border-line pb-3 last:border-0"
            >
              <p className="break-words">
                <Link to="/model/$" params={{ _splat: id }} className="break-all text-accent underline">
                  {id}
                </Link>
                : {reason}
              </p>
              <Step model={modelOf.get(id)} lacks={lacks} />
            </li>
          ))}
        </ul>
        {items.length > shown && shown < MAX_SHOWN ? (
          <Button onClick={() => setShown(shown + SHOWN)}>
            <Trans>Show more</Trans>
          </Button>
        ) : null}
      </div>
    </details>
  );
}

/** Null for an entry that the sync could not read: it has no model, and only RunComfy can correct it. */
function Step({ model, lacks }: { model: Model | undefined; lacks: 'price' | 'schema' }) {
  if (model === undefined) {
    return null;
  }
  return lacks === 'price' ? <Priceless model={model} /> : <Unread model={model} />;
}

function Priceless({ model }: { model: Model }) {
  return (
    <>
      <Proposal model={model} />
      {proposalOf(model) === null ? (
        <PriceEditor model={model} label={<Trans>Set a price</Trans>} price={model.price} />
      ) : null}
    </>
  );
}

/** A model with a schema that comfygate cannot read: every submit is refused unless validation is off. */
function Unread({ model: { id, display_name: name, validation } }: { model: Model }) {
  if (validation === 'off') {
    return (
      <p className="text-quiet">
        <Trans>Validation is off, so the model is sold.</Trans>
      </p>
    );
  }
  return (
    <Confirm
      label={<Trans>Sell without validation</Trans>}
      title={<Trans>Sell {name} without validation?</Trans>}
      act={() => patchModel({ params: { model_id: id }, body: { validation: 'off' } })}
    >
      <p>
        <Trans>
          All inputs go to RunComfy. Inputs that RunComfy refuses cost nothing. comfygate still checks the
          inputs that set the price.
        </Trans>
      </p>
    </Confirm>
  );
}
