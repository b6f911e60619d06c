// The one row that holds the progress of the sync. One walker at a time has its lease and proceeds in steps: a step is
// written whole, with its models and its audit entry, or not at all.

import { auditEntry, type Change } from '../audit/store.ts';
import { column, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import { statement } from '../../storage/statement.ts';
import { progressShape, type Progress } from './sync-progress.ts';
import { isReport, type Report } from './sync-report.ts';
import type { Gone, RowWrite } from './sync-plan.ts';
import { goneWrite, rowWrites } from './synced-store.ts';

/** The right to walk until `leaseMs`. No two leases end at the same instant. */
export type Lease = { leaseMs: number };

const LEASE_MS = 60_000;

const CLAIM = statement<{ nowMs: number; onlyDue: number }>(
  `UPDATE catalogue_sync SET lease_until_ms = :nowMs + ${LEASE_MS}
   WHERE lease_until_ms <= :nowMs AND (NOT :onlyDue OR progress IS NOT NULL OR due_at_ms <= :nowMs) RETURNING *`,
);

/** Takes the lease; `onlyDue`: only if a walk is under way or due. Null: another walker has it, or nothing is due. */
export async function claimSync(
  db: D1Database,
  nowMs: number,
  onlyDue: boolean,
): Promise<(Lease & { progress: Progress | null }) | null> {
  const row = await CLAIM(db, { nowMs, onlyDue: Number(onlyDue) }).first();
  if (row === null) {
    return null;
  }
  return { leaseMs: column(row, 'lease_until_ms', isNumber), progress: progressOf(row) };
}

/** The last report; the progress of the walk under way, or null. */
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

const RELEASE = statement<Lease>(
  'UPDATE catalogue_sync SET lease_until_ms = 0 WHERE lease_until_ms = :leaseMs',
);

type Step = {
  nowMs: number;
  /** Null: the walk has ended. */
  progress: Progress | null;
  /** At its end. */
  report: Report | null;
  dueAtMs: number | null;
  /** The models that the step was planned from; revision 0: there was none. */
  read: { id: string; revision: number }[];
  /** Null: nothing has changed. */
  change: Change | null;
  rows: (at: { nowMs: number; leaseMs: number }) => D1PreparedStatement[];
};

/** The renewed lease. `outdated`: one of the models has changed since it was read. Null: the lease is lost. */
type StepResult = Lease | 'outdated' | null;

const STEP = statement<{
  leaseMs: number;
  renewedMs: number;
  progress: string | null;
  report: string | null;
  dueAtMs: number | null;
  revisions: string;
}>(
  `UPDATE catalogue_sync SET lease_until_ms = :renewedMs, progress = :progress, report = COALESCE(:report, report),
    due_at_ms = COALESCE(:dueAtMs, due_at_ms)
  WHERE lease_until_ms = :leaseMs AND NOT EXISTS (
    SELECT 1 FROM json_each(:revisions) r LEFT JOIN models m ON m.id = r.value->>'id'
    WHERE COALESCE(m.revision, 0) <> r.value->>'revision')`,
);

async function takeStep(db: D1Database, { leaseMs }: Lease, step: Step): Promise<StepResult> {
  const { nowMs, progress, report, dueAtMs, read, change } = step;
  // Once the lease has ended, another walker may have one that ends at the instant to which this step would renew it.
  if (nowMs >= leaseMs) {
    return null;
  }
  const renewedMs = Math.max(nowMs + LEASE_MS, leaseMs + 1);
  const revisions = read.map(({ id, revision }) => ({ id, revision }));
  const results = await db.batch<Record<string, unknown>>([
    STEP(db, {
      leaseMs,
      renewedMs,
      progress: progress && JSON.stringify(progress),
      report: report && JSON.stringify(report),
      dueAtMs,
      revisions: JSON.stringify(revisions),
    }),
    ...(change === null ? [] : auditEntry(db, change)),
    ...step.rows({ nowMs, leaseMs: renewedMs }),
    db.prepare('SELECT lease_until_ms FROM catalogue_sync'),
  ]);
  if (results[0]?.meta.changes === 1) {
    return { leaseMs: renewedMs };
  }
  const [held] = rowsOf(results.at(-1));
  return column(held, 'lease_until_ms', isNumber) === leaseMs ? 'outdated' : null;
}

/** Writes the models of a page and the progress of the walk. */
export function writePage(
  db: D1Database,
  lease: Lease,
  page: { writes: RowWrite[]; progress: Progress; nowMs: number; change: Change | null },
): Promise<StepResult> {
  const { writes } = page;
  const rows: Step['rows'] = (at) => rowWrites(db, writes, at);
  return takeStep(db, lease, { ...page, report: null, dueAtMs: null, read: writes, rows });
}

/** Ends the walk: counts and withdraws missing models, keeps the report, releases the lease. */
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
): Promise<StepResult> {
  const { missed, withdrawn } = end;
  const read = end.gone.filter(({ id }) => missed.includes(id) || withdrawn.includes(id));
  const rows: Step['rows'] = (at) => [
    ...(read.length === 0 ? [] : [goneWrite(db, { missed, withdrawn }, at)]),
    RELEASE(db, at),
  ];
  return takeStep(db, lease, { ...end, progress: null, read, rows });
}

/** Releases the lease of a walk that is not over. */
export async function releaseSync(db: D1Database, lease: Lease): Promise<void> {
  await RELEASE(db, lease).run();
}
