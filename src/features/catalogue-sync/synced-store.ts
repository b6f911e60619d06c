// The rows of models as the sync reads and writes them. Its writes take effect only if its step holds the lease.

import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, orAbsent, orNull } from '../../lib/guard.ts';
import { statement } from '../../storage/statement.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { Price } from '../pricing/price.ts';
import { isPrice } from '../pricing/price-format.ts';
import { isFields, modelOf } from '../catalogue/store.ts';
import type { Standing } from './sync-report.ts';
import { MISSES, type Gone, type RowWrite, type SyncedRow } from './sync-plan.ts';

/** D1 takes values of up to 2 MB, and a character may be three bytes. */
const MAX_PARAMETER_CHARS = 600_000;

const FIND = statement<{ ids: string }>(
  'SELECT * FROM models WHERE id IN (SELECT value FROM json_each(:ids))',
);

/** Our rows of these ids. */
export async function findSynced(db: D1Database, modelIds: string[]): Promise<Map<string, SyncedRow>> {
  const { results } = await FIND(db, { ids: JSON.stringify(modelIds) }).all();
  const rows = results.map((row): SyncedRow => ({
    ...modelOf(row),
    entryHash: column(row, 'entry_hash', isText),
    missed: column(row, 'missed', isNumber),
    heldPrice: heldPriceOf(row),
  }));
  return new Map(rows.map((row) => [row.id, row]));
}

/** The price that waits for the operator; `{price: null}`: RunComfy has removed the price. */
function heldPriceOf(row: Row): SyncedRow['heldPrice'] {
  return jsonColumnOrNull(row, 'held_price', isHeldPrice);
}

function isHeldPrice(value: unknown): value is { price: Price | null } {
  return isJsonObject(value) && orNull(isPrice)(value['price']);
}

const LIST_GONE = statement<{ seen: string }>(
  `SELECT id, offered, by_hand, missed, revision FROM models WHERE source = 'sync' AND alias_of IS NULL
     AND id NOT IN (SELECT value FROM json_each(:seen)) ORDER BY id`,
);
const COUNT_OFFERED = `SELECT COUNT(*) AS n FROM models WHERE source = 'sync' AND alias_of IS NULL AND offered = 1`;

/** The sync's models that a walk has not seen, and how many of the sync's are on sale. An alias is never gone. */
export async function findGone(db: D1Database, seen: string[]): Promise<{ gone: Gone[]; offered: number }> {
  const [gone, counted] = await db.batch<Record<string, unknown>>([
    LIST_GONE(db, { seen: JSON.stringify(seen) }),
    db.prepare(COUNT_OFFERED),
  ]);
  return {
    gone: rowsOf(gone).map((row) => ({
      id: column(row, 'id', isText),
      offered: column(row, 'offered', isNumber) === 1,
      byHand: jsonColumn(row, 'by_hand', isFields),
      missed: column(row, 'missed', isNumber),
      revision: column(row, 'revision', isNumber),
    })),
    offered: column(counted?.results[0], 'n', isNumber),
  };
}

/** The open points of the sync's models: prices that wait for the operator, and what could not be used. */
export async function listStanding(db: D1Database): Promise<Standing[]> {
  const { results } = await db
    .prepare(
      `SELECT id, price, held_price, findings FROM models
       WHERE source = 'sync' AND missed < ${MISSES} AND (held_price IS NOT NULL OR findings IS NOT NULL) ORDER BY id`,
    )
    .all();
  return results.map((row) => ({
    id: column(row, 'id', isText),
    price: jsonColumnOrNull(row, 'price', isPrice),
    heldPrice: heldPriceOf(row),
    findings: jsonColumnOrNull(row, 'findings', isFindings),
  }));
}

export function isFindings(value: unknown): value is NonNullable<Standing['findings']> {
  return (
    isJsonObject(value) &&
    [value['unpriced'], value['unusable'], value['kept']].every(orAbsent(isText)) &&
    orAbsent(isJsonObject)(value['mend']) &&
    orAbsent(isTexts)(value['notes'])
  );
}

const COLUMNS = [
  'display_name',
  'description',
  'kind',
  'categories',
  'input_schema',
  'schema_hash',
  'price',
  'offered',
  'source',
  'pricing_note',
  'model_url',
  'entry_hash',
  'missed',
  'held_price',
  'findings',
];

type StepTime = { nowMs: number; leaseMs: number };

/** SQL: the step still holds the lease. */
const HAS_LEASE = 'EXISTS (SELECT 1 FROM catalogue_sync WHERE lease_until_ms = :leaseMs)';

const WRITE = statement<StepTime & { rows: string }>(
  `INSERT INTO models (id, ${COLUMNS.join(', ')}, updated_at_ms)
  SELECT value->>'id', ${COLUMNS.map((name) => `value->>'${name}'`).join(', ')}, :nowMs
  FROM json_each(:rows) WHERE ${HAS_LEASE}
  ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')},
    updated_at_ms = excluded.updated_at_ms, revision = revision + 1`,
);

/** The statements that write these rows in the step of this lease. */
export function rowWrites(db: D1Database, writes: RowWrite[], at: StepTime): D1PreparedStatement[] {
  return chunked(writes.map(columnsOf)).map((rows) => WRITE(db, { rows, ...at }));
}

function encoded(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function columnsOf(row: RowWrite): JsonObject {
  return {
    id: row.id,
    display_name: row.displayName,
    description: row.description,
    kind: row.kind,
    categories: JSON.stringify(row.categories),
    input_schema: JSON.stringify(row.inputSchema),
    schema_hash: row.schemaHash,
    price: encoded(row.price),
    offered: row.offered ? 1 : 0,
    source: row.source,
    pricing_note: row.pricingNote,
    model_url: row.modelUrl,
    entry_hash: row.entryHash,
    missed: row.missed,
    held_price: encoded(row.heldPrice),
    findings: encoded(row.findings),
  };
}

/** JSON lists of rows, each small enough to be one value in D1. */
function chunked(rows: JsonObject[]): string[] {
  const chunks: string[][] = [];
  let room = 0;
  for (const text of rows.map((row) => JSON.stringify(row))) {
    room -= text.length;
    if (room < 0) {
      chunks.push([]);
      room = MAX_PARAMETER_CHARS - text.length;
    }
    chunks.at(-1)?.push(text);
  }
  return chunks.map((texts) => `[${texts.join(',')}]`);
}

const IS_WITHDRAWN = 'id IN (SELECT value FROM json_each(:withdrawn))';
const GONE = statement<StepTime & { missed: string; withdrawn: string }>(
  `UPDATE models SET missed = CASE WHEN ${IS_WITHDRAWN} THEN ${MISSES} ELSE missed + 1 END,
     offered = CASE WHEN ${IS_WITHDRAWN} THEN 0 ELSE offered END, updated_at_ms = :nowMs, revision = revision + 1
   WHERE (id IN (SELECT value FROM json_each(:missed)) OR ${IS_WITHDRAWN}) AND ${HAS_LEASE}`,
);

/** The statement that counts missing models and withdraws some, in the step of this lease. */
export function goneWrite(
  db: D1Database,
  { missed, withdrawn }: { missed: string[]; withdrawn: string[] },
  at: StepTime,
): D1PreparedStatement {
  return GONE(db, { missed: JSON.stringify(missed), withdrawn: JSON.stringify(withdrawn), ...at });
}
