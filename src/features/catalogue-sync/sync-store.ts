// The rows that the sync reads and writes, and the one row that says how far it is. One walker at a time holds that
// row: whatever a walker writes takes effect only while it does.

import { auditEntry, type Change } from '../audit/store.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, orAbsent, orNull } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Price } from '../pricing/price.ts';
import { isPrice } from '../pricing/price-format.ts';
import { isFields, modelOf } from '../catalogue/store.ts';
import { progressShape, type Progress } from './sync-progress.ts';
import type { Report, Standing } from './sync-report.ts';
import { MISSES, type Gone, type RowWrite, type SyncedRow } from './sync-plan.ts';

/** The hold on the sync, until `leaseMs`, which nobody else has. */
export type Lease = { leaseMs: number };

const LEASE_MS = 60_000;
/** D1 takes values of up to 2 MB, and a character may be three bytes. */
const MAX_PARAMETER_CHARS = 600_000;

/** Takes hold of the sync; `isDue`: only if there is something to do. Null: another has it, or nothing is due. */
export async function claimSync(
  db: D1Database,
  nowMs: number,
  isDue: boolean,
): Promise<(Lease & { progress: Progress | null }) | null> {
  const row = await db
    .prepare(
      `UPDATE catalogue_sync SET lease_until_ms = ?1 + ${LEASE_MS}
       WHERE lease_until_ms <= ?1 AND (NOT ?2 OR progress IS NOT NULL OR due_at_ms <= ?1) RETURNING *`,
    )
    .bind(nowMs, isDue ? 1 : 0)
    .first();
  if (row === null) {
    return null;
  }
  return { leaseMs: column(row, 'lease_until_ms', isNumber), progress: progressOf(row) };
}

/** The last report, and the walk under way, if there is one. */
export async function readSync(
  db: D1Database,
): Promise<{ report: Report | null; progress: Progress | null; dueAtMs: number }> {
  const row = await db.prepare('SELECT * FROM catalogue_sync').first();
  return {
    report: jsonColumnOrNull(row, 'report', isJsonObject),
    progress: progressOf(row),
    dueAtMs: column(row, 'due_at_ms', isNumber),
  };
}

function progressOf(row: Row): Progress | null {
  const progress = jsonColumnOrNull(row, 'progress', isJsonObject);
  return progress === null ? null : progressShape.parse(progress);
}

/** The price that waits for the operator's word; `{price: null}`: that the model has none. */
function heldPriceOf(row: Row): SyncedRow['heldPrice'] {
  return jsonColumnOrNull(row, 'held_price', isHeldPrice);
}

function isHeldPrice(value: unknown): value is { price: Price | null } {
  return isJsonObject(value) && orNull(isPrice)(value['price']);
}

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

// ?1 the rows, ?2 now, ?3 the lease. A row that somebody has changed since it was read is left for the next walk.
const HELD_BY_US = 'EXISTS (SELECT 1 FROM catalogue_sync WHERE lease_until_ms = ?3)';
const INSERT = `INSERT INTO models (id, ${COLUMNS.join(', ')}, updated_at_ms)
  SELECT value->>'id', ${COLUMNS.map((name) => `value->>'${name}'`).join(', ')}, ?2 FROM json_each(?1)
  WHERE value->>'revision' = 0 AND ${HELD_BY_US} ON CONFLICT DO NOTHING`;
const UPDATE = `UPDATE models SET ${COLUMNS.map((name) => `${name} = n.value->>'${name}'`).join(', ')},
    updated_at_ms = ?2, revision = revision + 1
  FROM json_each(?1) n WHERE models.id = n.value->>'id' AND models.revision = n.value->>'revision' AND ${HELD_BY_US}`;

/** Writes a page and how far the walk is now, or nothing if the lease is lost; null then, else the lease as renewed. */
export async function writePage(
  db: D1Database,
  { leaseMs }: Lease,
  { writes, progress, nowMs }: { writes: RowWrite[]; progress: Progress; nowMs: number },
): Promise<Lease | null> {
  const renewedMs = Math.max(nowMs + LEASE_MS, leaseMs + 1);
  const rows = chunked(writes.map(columnsOf)).flatMap((chunk) =>
    [INSERT, UPDATE].map((sql) => db.prepare(sql).bind(chunk, nowMs, leaseMs)),
  );
  const results = await db.batch([
    ...rows,
    db
      .prepare('UPDATE catalogue_sync SET progress = ?1, lease_until_ms = ?2 WHERE lease_until_ms = ?3')
      .bind(JSON.stringify(progress), renewedMs, leaseMs),
  ]);
  return results.at(-1)?.meta.changes === 1 ? { leaseMs: renewedMs } : null;
}

function encoded(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function columnsOf(row: RowWrite): Record<string, unknown> {
  return {
    id: row.id,
    revision: row.revision,
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

/** The models of the sync's that a walk has not seen, and how many of all are on sale. An alias is never gone. */
export async function findGone(db: D1Database, seen: string[]): Promise<{ gone: Gone[]; offered: number }> {
  const [gone, counted] = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `SELECT id, offered, by_hand, missed FROM models WHERE source = 'sync' AND alias_of IS NULL
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

function isFindings(value: unknown): value is NonNullable<Standing['findings']> {
  return (
    isJsonObject(value) &&
    [value['unpriced'], value['unusable']].every(orAbsent(isText)) &&
    orAbsent(isTexts)(value['notes'])
  );
}

type Finish = {
  report: Report;
  dueAtMs: number;
  nowMs: number;
  missed: string[];
  withdrawn: string[];
  /** Null: nothing was changed. */
  change: Change | null;
};

/** Ends the walk: counts and withdraws what is gone, keeps the report, lets go. False if the lease was lost. */
export async function finishSync(db: D1Database, { leaseMs }: Lease, finish: Finish): Promise<boolean> {
  const { missed, withdrawn, nowMs, change } = finish;
  const isWithdrawn = `id IN (SELECT value FROM json_each(?4))`;
  const gone = db
    .prepare(
      `UPDATE models SET missed = CASE WHEN ${isWithdrawn} THEN ${MISSES} ELSE missed + 1 END,
         offered = CASE WHEN ${isWithdrawn} AND instr(by_hand, '"offered"') = 0 THEN 0 ELSE offered END, updated_at_ms = ?2, revision = revision + 1
       WHERE (id IN (SELECT value FROM json_each(?1)) OR ${isWithdrawn}) AND source = 'sync' AND alias_of IS NULL
         AND ${HELD_BY_US}`,
    )
    .bind(JSON.stringify(missed), nowMs, leaseMs, JSON.stringify(withdrawn));
  const results = await db.batch([
    ...(missed.length + withdrawn.length === 0 ? [] : [gone]),
    db
      .prepare(
        `UPDATE catalogue_sync SET progress = NULL, report = ?1, due_at_ms = ?2, lease_until_ms = 0
         WHERE lease_until_ms = ?3`,
      )
      .bind(JSON.stringify(finish.report), finish.dueAtMs, leaseMs),
    ...(change === null ? [] : [auditEntry(db, change)]),
  ]);
  return results[missed.length + withdrawn.length === 0 ? 0 : 1]?.meta.changes === 1;
}

/** Lets go without having ended. */
export async function releaseSync(db: D1Database, { leaseMs }: Lease): Promise<void> {
  await db
    .prepare('UPDATE catalogue_sync SET lease_until_ms = 0 WHERE lease_until_ms = ?1')
    .bind(leaseMs)
    .run();
}
