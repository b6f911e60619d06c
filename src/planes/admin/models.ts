// /admin/models: the catalogue as the operator keeps it.

import * as z from 'zod/mini';
import { needsJudge, unreadInput } from '../../features/intake/check-input.ts';
import { compileJudge } from '../../features/input-schema/judge.ts';
import { schemaNotes } from '../../features/intake/schema-notes.ts';
import { isModelId } from '../../features/runcomfy/model-id.ts';
import { blankModel, MODEL_FIELDS, type Model } from '../../features/catalogue/model.ts';
import { hashSchema } from '../../features/input-schema/schema-hash.ts';
import { priceBody, showPrice } from '../../features/pricing/price-format.ts';
import { findAlias, findModel, listModels, putModel } from '../../features/catalogue/store.ts';
import { readJson } from '../../http/body.ts';
import { pathBehind, type AppContext, type AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { isJsonObject } from '../../lib/json.ts';
import { lazy } from '../../lib/lazy.ts';
import { Problem } from '../../lib/problem.ts';
import { shortName, shortText } from '../../lib/text-schema.ts';
import { changeBy } from './change.ts';
import { paging } from './paging.ts';
import { getSync, postSync } from './sync.ts';

const modelId = lazy(() => z.string().check(z.refine(isModelId, 'is no model id')));
const mode = lazy(() => z.enum(['enforce', 'advise', 'off']));

const settable = lazy(() => ({
  input_schema: z.optional(z.record(z.string(), z.unknown())),
  display_name: z.optional(shortName()),
  description: z.optional(z.string().check(z.maxLength(2000))),
  categories: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(50))),
  price: z.nullish(priceBody()),
  charge: z.optional(z.enum(['estimate', 'cost'])),
  validation: z.optional(mode()),
  media: z.optional(mode()),
  alias_of: z.nullish(modelId()),
  offered: z.optional(z.boolean()),
}));

const modelPatch = lazy(() =>
  z.strictObject({ ...settable(), by_hand: z.optional(z.array(z.enum(MODEL_FIELDS))) }),
);

/** An alias has its model's schema. */
const newModel = lazy(() =>
  z.strictObject(settable()).check(
    z.refine(({ input_schema, alias_of }) => input_schema !== undefined || typeof alias_of === 'string', {
      path: ['input_schema'],
      error: 'is required',
    }),
  ),
);

const modelsQuery = lazy(() =>
  z.object({
    search: z._default(shortText(), ''),
    limit: paging().shape.limit,
    cursor: z._default(z.pipe(z.transform(Number), z.int().check(z.minimum(0))), 0),
  }),
);

const PATCH_TRIES = 3;

export function modelsApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const { search, limit, cursor } = validate(modelsQuery(), c.req.query(), 'invalid_parameter');
    const filter = { search, category: '', kind: '', ids: null, offeredOnly: false };
    const { models, total } = await listModels(c.get('deps').db, filter, { limit, offset: cursor });
    const next = cursor + models.length;
    return c.json({ items: models.map(showModel), next_cursor: next < total ? String(next) : null });
  });
  api.get('/sync', getSync);
  api.post('/sync', postSync);
  api.put('/:id{.+}', async (c) => {
    const id = modelIdOf(c);
    const sent = await readJson(c);
    const body = validate(newModel(), sent);
    const existed = (await findModel(c.get('deps').db, id)) !== null;
    const answer = await write(c, applied(blankModel(id), { ...body, by_hand: [] }), sent);
    return c.json(answer, existed ? 200 : 201);
  });
  api.patch('/:id{.+}', async (c) => {
    const id = modelIdOf(c);
    const sent = await readJson(c);
    const body = validate(modelPatch(), sent);
    // Another change may come between the read and the write; then both are done again on what it left.
    for (let tries = 0; tries < PATCH_TRIES; tries += 1) {
      const model = await findModel(c.get('deps').db, id);
      if (model === null) {
        throw new Problem('not_found', `There is no model ${id}. PUT makes one.`);
      }
      const answer = await write(c, applied(model, body), sent);
      if (answer !== null) {
        return c.json(answer);
      }
    }
    throw new Problem('conflict', `The model ${id} is being changed by others. Try again.`);
  });
  return api;
}

/** RFC 7396 on the top level; price, schema and categories are replaced whole. */
function applied(model: Model, body: z.output<ReturnType<typeof modelPatch>>): Model {
  return {
    ...model,
    displayName: body.display_name ?? model.displayName,
    description: body.description ?? model.description,
    categories: body.categories ?? model.categories,
    inputSchema: body.input_schema ?? model.inputSchema,
    price: body.price === undefined ? model.price : body.price,
    charge: body.charge ?? model.charge,
    validation: body.validation ?? model.validation,
    media: body.media ?? model.media,
    aliasOf: body.alias_of === undefined ? model.aliasOf : body.alias_of,
    // An id that is given a model to lead to is alive again.
    offered: body.offered ?? (typeof body.alias_of === 'string' || model.offered),
    byHand: body.by_hand ?? byHandWith(model, body),
  };
}

/**
 * What is set by hand from now on: the sync leaves it alone. `by_hand` itself gives a field back to the sync, and a
 * model that the operator made is theirs as a whole.
 */
function byHandWith(model: Model, body: z.output<ReturnType<typeof modelPatch>>): Model['byHand'] {
  if (model.source === 'operator') {
    return [];
  }
  return MODEL_FIELDS.filter((field) => model.byHand.includes(field) || body[field] !== undefined);
}

/** The model as written, or null when somebody has changed it since it was read. */
async function write(c: AppContext, model: Model, sent: unknown): Promise<Record<string, unknown> | null> {
  const judge = compileJudge(model.inputSchema);
  // What the sync has brought is no fault of a call that changes something else.
  const isSent = (...fields: string[]) => isJsonObject(sent) && fields.some((field) => field in sent);
  if (!judge.ok && needsJudge(model) && isSent('input_schema', 'validation')) {
    throw new Problem('invalid_input', `input_schema cannot judge inputs: ${judge.reason}`, {
      errors: [{ path: 'input_schema', rule: 'schema', message: judge.reason }],
    });
  }
  if (isSent('input_schema', 'price')) {
    refuseUnreadablePrice(model);
  }
  refuseIdleHoldFactor(model);
  await refuseBadAlias(c, model);
  const change = changeBy(c, 'model.put', { object: model.id, change: sent });
  const schemaHash = await hashSchema(model.inputSchema);
  const isWritten = await putModel(c.get('deps').db, { ...model, schemaHash }, change);
  c.get('deps').memory.models.delete(model.id);
  return isWritten ? { ...showModel(model), notes: schemaNotes(model.inputSchema, judge) } : null;
}

function refuseUnreadablePrice(model: Model): void {
  const unread = unreadInput(model);
  if (unread !== null) {
    throw new Problem(
      'invalid_input',
      `The price reads the input ${unread}, which input_schema does not have.`,
      {
        errors: [{ path: 'price', rule: 'input', message: `${unread} is not among the properties` }],
      },
    );
  }
}

/** Where the estimate is charged a hold above it would only be in the customer's way. */
function refuseIdleHoldFactor({ price, charge }: Model): void {
  if (charge === 'estimate' && price?.holdFactorE4 !== undefined) {
    throw new Problem('invalid_input', 'hold_factor goes with charge «cost» only.', {
      errors: [{ path: 'price.hold_factor', rule: 'charge', message: 'goes with charge «cost» only' }],
    });
  }
}

/** One step leads to the model, so an alias of an alias would lead nowhere. */
async function refuseBadAlias(c: AppContext, { id, aliasOf }: Model): Promise<void> {
  if (aliasOf === null) {
    return;
  }
  const { db } = c.get('deps');
  const target = aliasOf === id ? null : await findModel(db, aliasOf);
  const message =
    target === null
      ? `${aliasOf} is no other model here`
      : target.aliasOf === null
        ? await findAlias(db, id).then((alias) => alias && `${alias} is an alias of ${id} already`)
        : `${aliasOf} is itself an alias of ${target.aliasOf}`;
  if (message !== null) {
    throw new Problem('invalid_input', `alias_of: ${message}.`, {
      errors: [{ path: 'alias_of', rule: 'alias', message }],
    });
  }
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
