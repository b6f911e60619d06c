// The ledger's own rows about one job: its hold and its end.

import { column, type Row } from '../../storage/column.ts';
import { isNumber, oneOf } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';

export type JobEntry = { kind: 'hold' | 'charge' | 'release'; micros: Micros | 0; atMs: number };

function entryOf(row: Row): JobEntry {
  return {
    kind: column(row, 'kind', oneOf(['hold', 'charge', 'release'])),
    micros: column(row, 'micros', isMicros),
    atMs: column(row, 'at_ms', isNumber),
  };
}

/** The hold, and behind it the end where there is one. */
export async function readJobEntries(db: D1Database, id: JobId): Promise<JobEntry[]> {
  const { results } = await db
    .prepare(
      `SELECT kind, micros, at_ms FROM ledger WHERE reference = ?1 AND phase = 'hold' UNION ALL
       SELECT kind, micros, at_ms FROM ledger WHERE reference = ?1 AND phase = 'end'`,
    )
    .bind(id)
    .all();
  return results.map(entryOf);
}
