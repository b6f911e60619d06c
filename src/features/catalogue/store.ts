// The rows of models.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, oneOf, orNull } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import { MODEL_FIELDS, MODEL_SOURCES, type Model, type ModelField, type ModelSource } from './model.ts';
import { isPrice } from '../pricing/price-format.ts';

const isMode = oneOf(['enforce', 'advise', 'off']);
const isField = oneOf(MODEL_FIELDS);

/** Whether a value is what `by_hand` holds. */
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
    charge: column(row, 'charge', oneOf(['estimate', 'cost'])),
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

export async function findModel(db: D1Database, id: string): Promise<Model | null> {
  const row = await modelQuery(db, id).first();
  return row === null ? null : modelOf(row);
}

/** One row for `modelOf`, or none. */
export function modelQuery(db: D1Database, id: string): D1PreparedStatement {
  return db.prepare('SELECT * FROM models WHERE id = ?1').bind(id);
}

/** One of the ids that lead to this model, or null. */
export function findAlias(db: D1Database, id: string): Promise<string | null> {
  return db.prepare('SELECT id FROM models WHERE alias_of = ?1 LIMIT 1').bind(id).first<string>('id');
}

export type ModelFilter = {
  search: string;
  category: string;
  kind: string;
  /** Model ids and prefixes such as `bytedance/*`; null: all. */
  patterns: string[] | null;
};

const SEARCHED = `instr(lower(id || ' ' || display_name || ' ' || description), lower(?1)) > 0`;

/** SQL: the condition that a list of ids and prefixes, a JSON array or NULL, stands for `id`, a column with its table. */
const allowed = (id: string, patterns: string) => `(${patterns} IS NULL OR EXISTS (
    SELECT 1 FROM json_each(${patterns}) WHERE value = ${id}
      OR (substr(value, -2) = '/*' AND substr(${id}, 1, length(value) - 1) = substr(value, 1, length(value) - 1))))`;

/** What is offered under its own name; an alias is found by who asks for it. */
const OFFERED = `offered = 1 AND alias_of IS NULL AND (?1 = '' OR ${SEARCHED})
  AND (?2 = '' OR EXISTS (SELECT 1 FROM json_each(models.categories) WHERE value = ?2))
  AND (?3 = '' OR kind = ?3) AND ${allowed('models.id', '?4')}`;

/** A page of what is offered in the order of the ids, and how many there are in all. */
export async function readModels(
  db: D1Database,
  { search, category, kind, patterns }: ModelFilter,
  page: { limit: number; offset: number },
): Promise<{ models: Model[]; total: number }> {
  const values = [search, category, kind, patterns === null ? null : JSON.stringify(patterns)];
  const [rows, counted] = await db.batch<Record<string, unknown>>([
    db
      .prepare(`SELECT * FROM models WHERE ${OFFERED} ORDER BY id LIMIT ?5 OFFSET ?6`)
      .bind(...values, page.limit, page.offset),
    db.prepare(`SELECT COUNT(*) AS total FROM models WHERE ${OFFERED}`).bind(...values),
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

/** A page of the whole catalogue in the order of the ids, from behind `after`. */
export async function readCatalogue(
  db: D1Database,
  { ids, search, offered, priced, source }: CatalogueFilter,
  page: { after: string; limit: number },
): Promise<Model[]> {
  const flags = [flagOf(offered), flagOf(priced)];
  const { results } = await db
    .prepare(
      `SELECT * FROM models WHERE id > ?5 AND (?1 = '' OR ${SEARCHED}) AND (?2 IS NULL OR offered = ?2)
         AND (?3 IS NULL OR (price IS NOT NULL) = ?3) AND (?4 IS NULL OR source = ?4)
         AND (?7 IS NULL OR id IN (SELECT value FROM json_each(?7))) ORDER BY id LIMIT ?6`,
    )
    .bind(search, ...flags, source, page.after, page.limit, ids === null ? null : JSON.stringify(ids))
    .all();
  return results.map(modelOf);
}

function flagOf(flag: boolean | null): number | null {
  return flag === null ? null : Number(flag);
}

/** Those of these ids and prefixes that stand for no model, in their order. */
export async function readUnknownIds(db: D1Database, patterns: string[]): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT value AS pattern FROM json_each(?1) p WHERE CASE WHEN substr(value, -2) = '/*'
         THEN NOT EXISTS (SELECT 1 FROM models WHERE id > substr(p.value, 1, length(p.value) - 1)
           AND id < substr(p.value, 1, length(p.value) - 2) || '0')
         ELSE NOT EXISTS (SELECT 1 FROM models WHERE id = p.value) END ORDER BY key`,
    )
    .bind(JSON.stringify(patterns))
    .all();
  return results.map((row) => column(row, 'pattern', isText));
}

/** The categories of the offered models, each once, in alphabetical order. */
export async function readCategories(db: D1Database, patterns: string[] | null): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT c.value AS category FROM models m, json_each(m.categories) c
       WHERE m.offered = 1 AND m.alias_of IS NULL AND ${allowed('m.id', '?1')} ORDER BY category`,
    )
    .bind(patterns === null ? null : JSON.stringify(patterns))
    .all();
  return results.map((row) => column(row, 'category', isText));
}

/** What the sync found, until the next one reads the model anew: a price or a schema that is set mends it. */
const UNPRICED = `CASE WHEN ?7 IS NULL THEN findings ELSE json_remove(findings, '$.unpriced', '$.mend') END`;

const PUT = `INSERT INTO models (id, display_name, description, kind, categories, input_schema, price, validation,
    offered, source, updated_at_ms, charge, media, alias_of, schema_hash, by_hand)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?13, ?14, ?15, ?16, ?17)
  ON CONFLICT DO UPDATE SET display_name = ?2, description = ?3, kind = ?4, categories = ?5, input_schema = ?6,
    price = ?7, validation = ?8, offered = ?9, source = ?10, updated_at_ms = ?11, charge = ?13, media = ?14,
    alias_of = ?15, schema_hash = ?16, by_hand = ?17, entry_hash = '', revision = revision + 1,
    findings = CASE WHEN schema_hash <> ?16 THEN json_remove(${UNPRICED}, '$.unusable', '$.kept') ELSE ${UNPRICED} END
  WHERE ?12 = 0 OR revision = ?12`;

/** A model as the audit shows it; of its schema the hash. */
const STATE = stateOf(
  'models',
  `'display_name', display_name, 'description', description, 'categories', json(categories), 'schema_hash', schema_hash,
   'price', json(price), 'charge', charge, 'validation', validation, 'media', media, 'alias_of', alias_of,
   'offered', json(iif(offered, 'true', 'false')), 'by_hand', json(by_hand)`,
);

/**
 * Writes a model as a whole: one that was read only if nobody has changed it since (false then), a new one over
 * whatever is there.
 */
export async function writeModel(db: D1Database, model: Model, change: Change): Promise<boolean> {
  const { before, behind } = audited(db, change, STATE);
  const [, written] = await db.batch([
    ...before,
    db
      .prepare(PUT)
      .bind(
        model.id,
        model.displayName,
        model.description,
        model.kind,
        JSON.stringify(model.categories),
        JSON.stringify(model.inputSchema),
        model.price === null ? null : JSON.stringify(model.price),
        model.validation,
        model.offered ? 1 : 0,
        model.source,
        change.atMs,
        model.revision,
        model.charge,
        model.media,
        model.aliasOf,
        model.schemaHash,
        JSON.stringify(model.byHand),
      ),
    ...behind,
  ]);
  return written?.meta.changes === 1;
}
