// Models that cannot be sold: why, and the step that lets them be sold.

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
/** As many as the API lists at once. */
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

/** Of an entry that could not be taken over there is no model, and RunComfy alone can mend it. */
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

/** Its schema cannot judge inputs, so that every submit is refused while its rules are enforced. */
function Unread({ model: { id, display_name: name, validation } }: { model: Model }) {
  if (validation === 'off') {
    return (
      <p className="text-quiet">
        <Trans>Its inputs are not checked, so it is sold all the same.</Trans>
      </p>
    );
  }
  return (
    <Confirm
      label={<Trans>Sell it unchecked</Trans>}
      title={<Trans>Sell {name} without a check of its inputs?</Trans>}
      act={() => patchModel({ params: { model_id: id }, body: { validation: 'off' } })}
    >
      <p>
        <Trans>
          Whatever customers send goes to RunComfy, and what RunComfy refuses costs nothing. Inputs that its
          price reads are checked all the same.
        </Trans>
      </p>
    </Confirm>
  );
}
