// The rows of the ledger about one job: its hold and its end.

import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, oneOf } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';

const KINDS = ['hold', 'charge', 'release'] as const;
const isKind = oneOf(KINDS);

export type JobEntry = { kind: (typeof KINDS)[number]; micros: Micros | 0; atMs: number };

const LIST_ENTRIES = statement<{ id: JobId }>(
  `SELECT kind, micros, at_ms FROM ledger WHERE reference = :id AND phase = 'hold' UNION ALL
   SELECT kind, micros, at_ms FROM ledger WHERE reference = :id AND phase = 'end'`,
);

/** The hold, then the end if there is one. */
export async function readJobEntries(db: D1Database, id: JobId): Promise<JobEntry[]> {
  const { results } = await LIST_ENTRIES(db, { id }).all();
  return results.map((row) => ({
    kind: column(row, 'kind', isKind),
    micros: column(row, 'micros', isMicros),
    atMs: column(row, 'at_ms', isNumber),
  }));
}
