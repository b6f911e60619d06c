// The one row that says how far the sync is. One walker at a time holds it, and goes on in steps: each is written whole,
// with its rows of models and its audit entry, or not at all.

import { auditEntry, type Change } from '../audit/store.ts';
import { column, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import { progressShape, type Progress } from './sync-progress.ts';
import { isReport, type Report } from './sync-report.ts';
import type { Gone, RowWrite } from './sync-plan.ts';
import { goneWrite, rowWrites } from './synced-store.ts';

/** The hold on the sync, until `leaseMs`, which nobody else has. */
export type Lease = { leaseMs: number };

const LEASE_MS = 60_000;

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
export type SyncState = { report: Report | null; progress: Progress | null; dueAtMs: number };

export async function readSync(db: D1Database): Promise<SyncState> {
  const row = await db.prepare('SELECT * FROM catalogue_sync').first();
  return {
    report: jsonColumnOrNull(row, 'report', isReport),
    progress: progressOf(row),
    dueAtMs: column(row, 'due_at_ms', isNumber),
  };
}

function progressOf(row: Row): Progress | null {
  const progress = jsonColumnOrNull(row, 'progress', isJsonObject);
  return progress === null ? null : progressShape.parse(progress);
}

type Step = {
  nowMs: number;
  /** Null: the walk has ended. */
  progress: Progress | null;
  /** At its end. */
  report: Report | null;
  dueAtMs: number | null;
  /** The rows that the step was planned from; revision 0: there was none. */
  read: { id: string; revision: number }[];
  /** Null: nothing has changed. */
  change: Change | null;
  rows: (at: { nowMs: number; leaseMs: number }) => D1PreparedStatement[];
};

/** The lease as renewed. `moved`: somebody has changed a row since it was read. Null: the lease is lost. */
type Stepped = Lease | 'moved' | null;

const STEP = `UPDATE catalogue_sync SET lease_until_ms = ?2, progress = ?3, report = COALESCE(?4, report),
    due_at_ms = COALESCE(?5, due_at_ms)
  WHERE lease_until_ms = ?1 AND NOT EXISTS (
    SELECT 1 FROM json_each(?6) r LEFT JOIN models m ON m.id = r.value->>'id'
    WHERE COALESCE(m.revision, 0) <> r.value->>'revision')`;

async function takeStep(db: D1Database, { leaseMs }: Lease, step: Step): Promise<Stepped> {
  const { nowMs, progress, report, dueAtMs, read, change } = step;
  // Past its end somebody else may hold the lease until the very instant that this step would renew it to.
  if (nowMs >= leaseMs) {
    return null;
  }
  const renewedMs = Math.max(nowMs + LEASE_MS, leaseMs + 1);
  const revisions = read.map(({ id, revision }) => ({ id, revision }));
  const results = await db.batch<Record<string, unknown>>([
    db
      .prepare(STEP)
      .bind(
        leaseMs,
        renewedMs,
        progress && JSON.stringify(progress),
        report && JSON.stringify(report),
        dueAtMs,
        JSON.stringify(revisions),
      ),
    ...(change === null ? [] : auditEntry(db, change)),
    ...step.rows({ nowMs, leaseMs: renewedMs }),
    db.prepare('SELECT lease_until_ms FROM catalogue_sync'),
  ]);
  if (results[0]?.meta.changes === 1) {
    return { leaseMs: renewedMs };
  }
  const [held] = rowsOf(results.at(-1));
  return column(held, 'lease_until_ms', isNumber) === leaseMs ? 'moved' : null;
}

/** Writes a page and how far the walk is now. */
export function writePage(
  db: D1Database,
  lease: Lease,
  page: { writes: RowWrite[]; progress: Progress; nowMs: number; change: Change | null },
): Promise<Stepped> {
  const { writes } = page;
  const rows: Step['rows'] = (at) => rowWrites(db, writes, at);
  return takeStep(db, lease, { ...page, report: null, dueAtMs: null, read: writes, rows });
}

/** Ends the walk: counts and withdraws what is gone, keeps the report, lets go. */
export function finishSync(
  db: D1Database,
  lease: Lease,
  end: {
    report: Report;
    dueAtMs: number;
    nowMs: number;
    gone: Gone[];
    missed: string[];
    withdrawn: string[];
    change: Change | null;
  },
): Promise<Stepped> {
  const { missed, withdrawn } = end;
  const read = end.gone.filter(({ id }) => missed.includes(id) || withdrawn.includes(id));
  const rows: Step['rows'] = (at) => [
    ...(read.length === 0 ? [] : [goneWrite(db, { missed, withdrawn }, at)]),
    release(db, at),
  ];
  return takeStep(db, lease, { ...end, progress: null, read, rows });
}

/** Lets go without having ended. */
export async function releaseSync(db: D1Database, lease: Lease): Promise<void> {
  await release(db, lease).run();
}

function release(db: D1Database, { leaseMs }: Lease): D1PreparedStatement {
  return db.prepare('UPDATE catalogue_sync SET lease_until_ms = 0 WHERE lease_until_ms = ?1').bind(leaseMs);
}
