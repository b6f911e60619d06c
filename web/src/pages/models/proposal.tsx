// RunComfy's note on the price, and the price that comfygate reads from it. The operator reviews it before it is set.

import { Trans } from '@lingui/react/macro';
import type { Model } from './models-page.tsx';
import { PriceEditor } from './price-editor.tsx';
import { priceText } from './price-text.ts';
import { proposalOf } from './read-proposal.ts';

export function Proposal({ model }: { model: Model }) {
  const { pricing_note: note } = model;
  if (note === '') {
    return null;
  }
  const price = proposalOf(model);
  return (
    <div className="grid justify-items-start gap-2">
      <p className="text-quiet">
        <Trans>RunComfy's note: {note}</Trans>
      </p>
      {price === null || isAsProposed(model, price) ? null : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>
            <Trans>Proposed price: {priceText(price)}</Trans>
          </span>
          <PriceEditor model={model} label={<Trans>Review and set</Trans>} price={price} />
        </div>
      )}
    </div>
  );
}

function isAsProposed({ price }: Model, proposed: NonNullable<Model['price']>): boolean {
  const { usd, unit, factors = {} } = proposed;
  return (
    price?.usd === usd &&
    price.unit === unit &&
    JSON.stringify(price.factors ?? {}) === JSON.stringify(factors)
  );
}
