// /admin/models: the catalogue as the operator keeps it.

import * as z from 'zod/mini';
import type { CheckedModel } from '../../features/catalogue/check-model.ts';
import { listModels } from '../../features/catalogue/list.ts';
import { MODEL_FIELDS, type Model } from '../../features/catalogue/model.ts';
import { patchModel } from '../../features/catalogue/patch-model.ts';
import { putModel } from '../../features/catalogue/put-model.ts';
import { showPrice } from '../../features/pricing/price-format.ts';
import { isModelId } from '../../features/runcomfy/model-id.ts';
import { readJson } from '../../http/body.ts';
import { pathBehind, type AppContext, type AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { priceBody } from '../../http/price.ts';
import { shortName, shortText } from '../../http/text-schema.ts';
import { validate } from '../../http/validate.ts';
import { Problem } from '../../lib/problem.ts';
import { changeBy } from './change.ts';
import { paging } from './paging.ts';
import { getSync, postSync } from './sync.ts';

const modelId = z.string().check(z.refine(isModelId, 'is no model id'));
const mode = z.enum(['enforce', 'advise', 'off']);

const settable = {
  input_schema: z.optional(z.record(z.string(), z.unknown())),
  display_name: z.optional(shortName),
  description: z.optional(z.string().check(z.maxLength(2000))),
  categories: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(50))),
  price: z.nullish(priceBody),
  charge: z.optional(z.enum(['estimate', 'cost'])),
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

const modelsQuery = z.object({
  search: z._default(shortText, ''),
  limit: paging.shape.limit,
  cursor: z._default(z.pipe(z.transform(Number), z.int().check(z.minimum(0))), 0),
});

export function modelsApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const { search, limit, cursor } = validate(modelsQuery, c.req.query(), 'invalid_parameter');
    const { models, total } = await listModels(c.get('deps'), search, { limit, offset: cursor });
    const next = cursor + models.length;
    return c.json({ items: models.map(showModel), next_cursor: next < total ? String(next) : null });
  });
  api.get('/sync', getSync);
  api.post('/sync', postSync);
  api.put('/:id{.+}', async (c) => {
    const id = modelIdOf(c);
    const sent = await readJson(c);
    const patch = validate(newModel, sent);
    const change = changeBy(c, 'model.put', { object: id, change: sent });
    const { isNew, ...checked } = await putModel(c.get('deps'), id, { patch, change });
    return c.json(showChecked(checked), isNew ? 201 : 200);
  });
  api.patch('/:id{.+}', async (c) => {
    const id = modelIdOf(c);
    const sent = await readJson(c);
    const patch = validate(modelPatch, sent);
    const change = changeBy(c, 'model.put', { object: id, change: sent });
    return c.json(showChecked(await patchModel(c.get('deps'), id, { patch, change })));
  });
  return api;
}

function modelIdOf(c: AppContext): string {
  const id = pathBehind(c, '/admin/models/');
  if (!isModelId(id)) {
    throw new Problem(
      'invalid_parameter',
      'A model id is 2 to 8 segments of A-Z a-z 0-9 _ . - with slashes between.',
    );
  }
  return id;
}

function showChecked({ model, notes }: CheckedModel): Record<string, unknown> {
  return { ...showModel(model), notes };
}

function showModel(model: Model): Record<string, unknown> {
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
