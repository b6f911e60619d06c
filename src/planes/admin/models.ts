// /admin/models: the catalogue as the operator keeps it.

import * as z from 'zod/mini';
import type { CheckedModel } from '../../features/catalogue/check-model.ts';
import { listModels } from '../../features/catalogue/list.ts';
import { MODEL_FIELDS, MODEL_SOURCES, VALIDATION_MODES, type Model } from '../../features/catalogue/model.ts';
import { patchModel } from '../../features/catalogue/patch-model.ts';
import { tryPrice, type Tried } from '../../features/catalogue/try-price.ts';
import { putModel } from '../../features/catalogue/put-model.ts';
import { showPrice } from '../../features/pricing/price-format.ts';
import { CHARGE_MODES } from '../../features/pricing/price.ts';
import { isModelId } from '../../features/runcomfy/model-id.ts';
import { markupFactor } from '../../http/markup.ts';
import { priceBody } from '../../http/price.ts';
import { answer, route } from '../../http/route.ts';
import { filter, filterList, shortName, shortText } from '../../http/text-schema.ts';
import { Problem } from '../../lib/problem.ts';
import type { ChangedModelView, ModelView } from './model-view.ts';
import type { PageView } from '../../http/page-view.ts';
import { limit } from '../../http/paging.ts';
import { usd } from '../../lib/money.ts';
import type { TrialView } from './trial-view.ts';
import { syncRoutes } from './sync.ts';

const modelId = z.string().check(z.refine(isModelId, 'is no model id'));
const mode = z.enum(VALIDATION_MODES);

const settable = {
  input_schema: z.optional(z.record(z.string(), z.unknown())),
  display_name: z.optional(shortName),
  description: z.optional(z.string().check(z.maxLength(2000))),
  categories: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(50))),
  price: z.nullish(priceBody),
  charge: z.optional(z.enum(CHARGE_MODES)),
  validation: z.optional(mode),
  media: z.optional(mode),
  alias_of: z.nullish(modelId),
  offered: z.optional(z.boolean()),
};

const modelPatch = z.strictObject({ ...settable, by_hand: z.optional(z.array(z.enum(MODEL_FIELDS))) });

/** An alias has its model's schema. */
const newModel = z.strictObject(settable).check(
  z.refine(({ input_schema, alias_of }) => input_schema !== undefined || typeof alias_of === 'string', {
    path: ['input_schema'],
    error: 'is required',
  }),
);

const flag = filter(
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((text) => text === 'true'),
  ),
);

const modelsQuery = z.strictObject({
  limit,
  cursor: z._default(shortText, ''),
  id: filterList,
  search: z._default(shortText, ''),
  offered: flag,
  priced: flag,
  source: filter(z.enum(MODEL_SOURCES)),
});

export const modelRoutes = {
  listModels: route({
    method: 'GET',
    path: '/admin/models',
    door: 'admin',
    summary: 'List the models of the catalogue, by id',
    query: modelsQuery,
    refusals: [],
    async run({
      runtime,
      query: { limit: size, cursor, id: ids, ...narrowed },
    }): Promise<PageView<ModelView>> {
      const models = await listModels(runtime, { ids, ...narrowed }, { after: cursor, limit: size });
      const last = models.length === size ? models.at(-1) : undefined;
      return { items: models.map(showModel), next_cursor: last?.id ?? null };
    },
  }),
  ...syncRoutes,
  tryPrice: route({
    method: 'POST',
    path: '/admin/models/quote',
    door: 'admin',
    summary: 'Compute what an input would cost by a price that need not be set yet; changes nothing',
    reads: true,
    body: z.strictObject({
      model_id: modelId,
      input: z.record(z.string(), z.unknown()),
      price: z.nullish(priceBody),
      charge: z.nullish(z.enum(CHARGE_MODES)),
      markup: z.nullish(markupFactor),
      customer: z.nullish(shortText),
    }),
    refusals: ['not_found'],
    async run({ runtime, body }): Promise<TrialView> {
      const { model_id: id, markup = null, price = null, charge = null, customer = null, input } = body;
      const trial = { modelId: id, markupE4: markup, price, charge, customer, input };
      return showTried(await tryPrice(runtime, trial));
    },
  }),
  putModel: route({
    method: 'PUT',
    path: '/admin/models/{model_id+}',
    door: 'admin',
    summary: 'Put a model into the catalogue as a whole',
    body: newModel,
    status: [201, 200],
    refusals: [],
    audit: 'model.put',
    async run({ runtime, params, body, change }) {
      const id = modelIdOf(params);
      const { isNew, ...checked } = await putModel(runtime, id, { patch: body, change: change(id) });
      return answer(showChecked(checked), { status: isNew ? 201 : 200 });
    },
  }),
  patchModel: route({
    method: 'PATCH',
    path: '/admin/models/{model_id+}',
    door: 'admin',
    summary: 'Change a model; price, input_schema and categories are replaced whole',
    body: modelPatch,
    refusals: ['not_found', 'conflict'],
    audit: 'model.put',
    async run({ runtime, params, body, change }) {
      const id = modelIdOf(params);
      return showChecked(await patchModel(runtime, id, { patch: body, change: change(id) }));
    },
  }),
};

function modelIdOf({ model_id: id }: { model_id: string }): string {
  if (!isModelId(id)) {
    throw new Problem(
      'invalid_parameter',
      'A model id is 2 to 8 segments of A-Z a-z 0-9 _ . - with slashes between.',
    );
  }
  return id;
}

function showTried(tried: Tried): TrialView {
  if (tried.kind === 'unpriced') {
    return { reason: tried.reason };
  }
  const { unitMicros, leastMicros, estimateMicros, holdMicros, charge } = tried.quote;
  return {
    charge,
    steps: tried.steps,
    unit_usd: usd(unitMicros),
    least_usd: usd(leastMicros),
    estimate_usd: usd(estimateMicros),
    hold_usd: usd(holdMicros),
  };
}

function showChecked({ model, notes }: CheckedModel): ChangedModelView {
  return { ...showModel(model), notes };
}

function showModel(model: Model): ModelView {
  return {
    id: model.id,
    display_name: model.displayName,
    description: model.description,
    categories: model.categories,
    kind: model.kind,
    input_schema: model.inputSchema,
    price: model.price === null ? null : showPrice(model.price),
    charge: model.charge,
    validation: model.validation,
    media: model.media,
    alias_of: model.aliasOf,
    offered: model.offered,
    source: model.source,
    by_hand: model.byHand,
    pricing_note: model.pricingNote,
    model_url: model.modelUrl,
  };
}
