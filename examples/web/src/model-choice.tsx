// The models that the visitor's token may use, as cards.

import type { CatalogueModel } from 'comfygate';
import { dollars } from './price.ts';

type Choice = { models: CatalogueModel[]; chosen: string; onChoose: (model: CatalogueModel) => void };

export function ModelChoice({ models, chosen, onChoose }: Choice) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">Model</legend>
      <div className="grid max-h-72 gap-2 overflow-auto p-0.5">
        {models.map((model) => (
          <label
            key={model.model_id}
            className="flex cursor-pointer items-center gap-3 rounded-xl border border-line px-3.5 py-2.5 hover:border-field has-checked:border-accent has-checked:bg-info-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="model"
              checked={model.model_id === chosen}
              onChange={() => onChoose(model)}
              className="size-4 shrink-0 accent-accent focus-visible:outline-none"
            />
            <span className="min-w-0 grow">
              <span className="block truncate font-medium">{model.display_name}</span>
              <span className="block text-xs text-quiet">{priceOf(model)}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function priceOf({ base_price_usd: usd, price_unit: unit, categories }: CatalogueModel): string {
  const [category = ''] = categories;
  const price = usd === undefined ? '' : `${dollars(usd)}${unit === undefined ? '' : ` per ${unit}`}`;
  return [category.replaceAll('-', ' '), price].filter((part) => part !== '').join(' · ');
}
