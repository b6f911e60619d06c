// The rows of models as the sync reads and writes them. Its writes take effect only in a step of the sync that holds.

import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, orAbsent, orNull } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Price } from '../pricing/price.ts';
import { isPrice } from '../pricing/price-format.ts';
import { isFields, modelOf } from '../catalogue/store.ts';
import type { Standing } from './sync-report.ts';
import { MISSES, type Gone, type RowWrite, type SyncedRow } from './sync-plan.ts';

/** D1 takes values of up to 2 MB, and a character may be three bytes. */
const MAX_PARAMETER_CHARS = 600_000;

/** Our rows of these ids. */
export async function findSynced(db: D1Database, modelIds: string[]): Promise<Map<string, SyncedRow>> {
  const { results } = await db
    .prepare('SELECT * FROM models WHERE id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(modelIds))
    .all();
  const rows = results.map((row): SyncedRow => ({
    ...modelOf(row),
    entryHash: column(row, 'entry_hash', isText),
    missed: column(row, 'missed', isNumber),
    heldPrice: heldPriceOf(row),
  }));
  return new Map(rows.map((row) => [row.id, row]));
}

/** The price that waits for the operator's word; `{price: null}`: that the model has none. */
function heldPriceOf(row: Row): SyncedRow['heldPrice'] {
  return jsonColumnOrNull(row, 'held_price', isHeldPrice);
}

function isHeldPrice(value: unknown): value is { price: Price | null } {
  return isJsonObject(value) && orNull(isPrice)(value['price']);
}

/** The models of the sync's that a walk has not seen, and how many of all are on sale. An alias is never gone. */
export async function findGone(db: D1Database, seen: string[]): Promise<{ gone: Gone[]; offered: number }> {
  const [gone, counted] = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `SELECT id, offered, by_hand, missed, revision FROM models WHERE source = 'sync' AND alias_of IS NULL
           AND id NOT IN (SELECT value FROM json_each(?1)) ORDER BY id`,
      )
      .bind(JSON.stringify(seen)),
    db.prepare(`SELECT COUNT(*) AS n FROM models WHERE source = 'sync' AND alias_of IS NULL AND offered = 1`),
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

/** What stands open with the sync's models: prices that wait for the operator, and what could not be used. */
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

/** Whether a value is what the sync has found. */
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

// ?1 the rows, ?2 now, ?3 the lease of the step.
const HELD = 'EXISTS (SELECT 1 FROM catalogue_sync WHERE lease_until_ms = ?3)';
const WRITE = `INSERT INTO models (id, ${COLUMNS.join(', ')}, updated_at_ms)
  SELECT value->>'id', ${COLUMNS.map((name) => `value->>'${name}'`).join(', ')}, ?2 FROM json_each(?1) WHERE ${HELD}
  ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')},
    updated_at_ms = excluded.updated_at_ms, revision = revision + 1`;

/** The statements that write these rows in the step of this lease. */
export function rowWrites(
  db: D1Database,
  writes: RowWrite[],
  { nowMs, leaseMs }: { nowMs: number; leaseMs: number },
): D1PreparedStatement[] {
  return chunked(writes.map(columnsOf)).map((chunk) => db.prepare(WRITE).bind(chunk, nowMs, leaseMs));
}

function encoded(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function columnsOf(row: RowWrite): Record<string, unknown> {
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

/** Lists of rows in JSON, each within what D1 takes as one value. */
function chunked(rows: Record<string, unknown>[]): string[] {
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

/** The statement that counts and withdraws what is gone, in the step of this lease. */
export function goneWrite(
  db: D1Database,
  { missed, withdrawn }: { missed: string[]; withdrawn: string[] },
  { nowMs, leaseMs }: { nowMs: number; leaseMs: number },
): D1PreparedStatement {
  const isWithdrawn = 'id IN (SELECT value FROM json_each(?4))';
  return db
    .prepare(
      `UPDATE models SET missed = CASE WHEN ${isWithdrawn} THEN ${MISSES} ELSE missed + 1 END,
         offered = CASE WHEN ${isWithdrawn} THEN 0 ELSE offered END, updated_at_ms = ?2, revision = revision + 1
       WHERE (id IN (SELECT value FROM json_each(?1)) OR ${isWithdrawn}) AND ${HELD}`,
    )
    .bind(JSON.stringify(missed), nowMs, leaseMs, JSON.stringify(withdrawn));
}
