// The rows of the catalogue's models.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, oneOf, orNull } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import {
  MODEL_FIELDS,
  MODEL_SOURCES,
  VALIDATION_MODES,
  type Model,
  type ModelField,
  type ModelSource,
} from './model.ts';
import { CHARGE_MODES } from '../pricing/price.ts';
import { isPrice } from '../pricing/price-format.ts';
import { statement } from '../../storage/statement.ts';

const isMode = oneOf(VALIDATION_MODES);
const isField = oneOf(MODEL_FIELDS);

export function isFields(value: unknown): value is ModelField[] {
  return Array.isArray(value) && value.every(isField);
}

export function modelOf(row: Row): Model {
  return {
    id: column(row, 'id', isText),
    displayName: column(row, 'display_name', isText),
    description: column(row, 'description', isText),
    kind: column(row, 'kind', isText),
    categories: jsonColumn(row, 'categories', isTexts),
    inputSchema: jsonColumn(row, 'input_schema', isJsonObject),
    price: jsonColumnOrNull(row, 'price', isPrice),
    charge: column(row, 'charge', oneOf(CHARGE_MODES)),
    validation: column(row, 'validation', isMode),
    media: column(row, 'media', isMode),
    aliasOf: column(row, 'alias_of', orNull(isText)),
    schemaHash: column(row, 'schema_hash', isText),
    pricingNote: column(row, 'pricing_note', isText),
    modelUrl: column(row, 'model_url', isText),
    byHand: jsonColumn(row, 'by_hand', isFields),
    offered: column(row, 'offered', isNumber) === 1,
    source: column(row, 'source', oneOf(MODEL_SOURCES)),
    revision: column(row, 'revision', isNumber),
  };
}

/** One row for `modelOf`, or none. */
export const modelQuery = statement<{ id: string }>('SELECT * FROM models WHERE id = :id');

export async function findModel(db: D1Database, id: string): Promise<Model | null> {
  const row = await modelQuery(db, { id }).first();
  return row === null ? null : modelOf(row);
}

const FIND_ALIAS = statement<{ id: string }>('SELECT id FROM models WHERE alias_of = :id LIMIT 1');

/** One of the aliases of this model, or null. */
export function findAlias(db: D1Database, id: string): Promise<string | null> {
  return FIND_ALIAS(db, { id }).first<string>('id');
}

export type ModelFilter = {
  search: string;
  category: string;
  kind: string;
  /** Model ids and prefixes such as `bytedance/*`; null: all models. */
  patterns: string[] | null;
};

const IS_SEARCHED = `instr(lower(id || ' ' || display_name || ' ' || description), lower(:search)) > 0`;

/** SQL: `:patterns`, a JSON array of ids and prefixes or NULL, includes `id`, a column with its table. */
const isAllowed = (id: string) => `(:patterns IS NULL OR EXISTS (
    SELECT 1 FROM json_each(:patterns) WHERE value = ${id}
      OR (substr(value, -2) = '/*' AND substr(${id}, 1, length(value) - 1) = substr(value, 1, length(value) - 1))))`;

/** Lists hold models under their own names; an alias answers only to its id. */
const OFFERED = `offered = 1 AND alias_of IS NULL AND (:search = '' OR ${IS_SEARCHED})
  AND (:category = '' OR EXISTS (SELECT 1 FROM json_each(models.categories) WHERE value = :category))
  AND (:kind = '' OR kind = :kind) AND ${isAllowed('models.id')}`;

type FilterValues = Omit<ModelFilter, 'patterns'> & { patterns: string | null };

const READ_OFFERED = statement<FilterValues & { limit: number; offset: number }>(
  `SELECT * FROM models WHERE ${OFFERED} ORDER BY id LIMIT :limit OFFSET :offset`,
);
const COUNT_OFFERED = statement<FilterValues>(`SELECT COUNT(*) AS total FROM models WHERE ${OFFERED}`);

/** A page of the offered models, ordered by id, and the number of all of them. */
export async function readModels(
  db: D1Database,
  filter: ModelFilter,
  page: { limit: number; offset: number },
): Promise<{ models: Model[]; total: number }> {
  const values = { ...filter, patterns: listOrNull(filter.patterns) };
  const [rows, counted] = await db.batch<Record<string, unknown>>([
    READ_OFFERED(db, { ...values, ...page }),
    COUNT_OFFERED(db, values),
  ]);
  return {
    models: rowsOf(rows).map(modelOf),
    total: column(counted?.results[0], 'total', isNumber),
  };
}

/** Null: no such filter. */
export type CatalogueFilter = {
  ids: string[] | null;
  search: string;
  offered: boolean | null;
  priced: boolean | null;
  source: ModelSource | null;
};

const READ_CATALOGUE = statement<{
  ids: string | null;
  search: string;
  offered: number | null;
  priced: number | null;
  source: ModelSource | null;
  after: string;
  limit: number;
}>(
  `SELECT * FROM models WHERE id > :after AND (:search = '' OR ${IS_SEARCHED})
     AND (:offered IS NULL OR offered = :offered) AND (:priced IS NULL OR (price IS NOT NULL) = :priced)
     AND (:source IS NULL OR source = :source)
     AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids))) ORDER BY id LIMIT :limit`,
);

/** A page of the whole catalogue after the id `after`, ordered by id. */
export async function readCatalogue(
  db: D1Database,
  filter: CatalogueFilter,
  page: { after: string; limit: number },
): Promise<Model[]> {
  const { ids, search, offered, priced, source } = filter;
  const { results } = await READ_CATALOGUE(db, {
    ids: listOrNull(ids),
    search,
    offered: flagOrNull(offered),
    priced: flagOrNull(priced),
    source,
    ...page,
  }).all();
  return results.map(modelOf);
}

function listOrNull(list: string[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

function flagOrNull(flag: boolean | null): number | null {
  return flag === null ? null : Number(flag);
}

const READ_UNKNOWN_IDS = statement<{ patterns: string }>(
  `SELECT value AS pattern FROM json_each(:patterns) p WHERE CASE WHEN substr(value, -2) = '/*'
     THEN NOT EXISTS (SELECT 1 FROM models WHERE id > substr(p.value, 1, length(p.value) - 1)
       AND id < substr(p.value, 1, length(p.value) - 2) || '0')
     ELSE NOT EXISTS (SELECT 1 FROM models WHERE id = p.value) END ORDER BY key`,
);

/** Those of these ids and prefixes that match no model, in their order. */
export async function readUnknownIds(db: D1Database, patterns: string[]): Promise<string[]> {
  const { results } = await READ_UNKNOWN_IDS(db, { patterns: JSON.stringify(patterns) }).all();
  return results.map((row) => column(row, 'pattern', isText));
}

const READ_CATEGORIES = statement<{ patterns: string | null }>(
  `SELECT DISTINCT c.value AS category FROM models m, json_each(m.categories) c
   WHERE m.offered = 1 AND m.alias_of IS NULL AND ${isAllowed('m.id')} ORDER BY category`,
);

/** The categories of the offered models, each once, in alphabetical order. */
export async function readCategories(db: D1Database, patterns: string[] | null): Promise<string[]> {
  const { results } = await READ_CATEGORIES(db, { patterns: listOrNull(patterns) }).all();
  return results.map((row) => column(row, 'category', isText));
}

/** A price or a schema set by hand settles what the sync found, until the next sync reads the model again. */
const FINDINGS = `CASE WHEN :price IS NULL THEN findings ELSE json_remove(findings, '$.unpriced', '$.mend') END`;

const PUT = statement<{
  id: string;
  displayName: string;
  description: string;
  kind: string;
  categories: string;
  inputSchema: string;
  schemaHash: string;
  price: string | null;
  charge: Model['charge'];
  validation: Model['validation'];
  media: Model['media'];
  aliasOf: string | null;
  offered: number;
  source: ModelSource;
  byHand: string;
  revision: number;
  atMs: number;
}>(
  `INSERT INTO models (id, display_name, description, kind, categories, input_schema, price, validation,
    offered, source, updated_at_ms, charge, media, alias_of, schema_hash, by_hand)
  VALUES (:id, :displayName, :description, :kind, :categories, :inputSchema, :price, :validation,
    :offered, :source, :atMs, :charge, :media, :aliasOf, :schemaHash, :byHand)
  ON CONFLICT DO UPDATE SET display_name = :displayName, description = :description, kind = :kind,
    categories = :categories, input_schema = :inputSchema, price = :price, validation = :validation,
    offered = :offered, source = :source, updated_at_ms = :atMs, charge = :charge, media = :media,
    alias_of = :aliasOf, schema_hash = :schemaHash, by_hand = :byHand, entry_hash = '', revision = revision + 1,
    findings = CASE WHEN schema_hash <> :schemaHash THEN json_remove(${FINDINGS}, '$.unusable', '$.kept')
      ELSE ${FINDINGS} END
  WHERE :revision = 0 OR revision = :revision`,
);

/** A model as the audit shows it, with the hash of its schema. */
const STATE = stateOf(
  'models',
  `'display_name', display_name, 'description', description, 'categories', json(categories), 'schema_hash', schema_hash,
   'price', json(price), 'charge', charge, 'validation', validation, 'media', media, 'alias_of', alias_of,
   'offered', json(iif(offered, 'true', 'false')), 'by_hand', json(by_hand)`,
);

/**
 * Writes a whole model. A new one replaces any model of its id; one that was read is written only if it has not changed
 * since, else false.
 */
export async function writeModel(db: D1Database, model: Model, change: Change): Promise<boolean> {
  const { before, behind } = audited(db, change, STATE);
  const put = PUT(db, {
    ...model,
    categories: JSON.stringify(model.categories),
    inputSchema: JSON.stringify(model.inputSchema),
    price: model.price === null ? null : JSON.stringify(model.price),
    offered: Number(model.offered),
    byHand: JSON.stringify(model.byHand),
    atMs: change.atMs,
  });
  const [, written] = await db.batch([...before, put, ...behind]);
  return written?.meta.changes === 1;
}
