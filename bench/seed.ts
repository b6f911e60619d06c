// Rows of the bench's customers, keys and jobs.

import { newKeyText } from '../src/features/keys/key.ts';
import { sha256Hex } from '../src/lib/hash.ts';
import { CUSTOMERS, jobId, upstreamId, type JobKind } from './made-up.ts';

/** Limits that are never reached, of every kind but on jobs at once: no job ends here. */
const ROOMY = {
  requests_per_minute: 1_000_000_000,
  requests_per_day: 1_000_000_000,
  requests_per_month: 1_000_000_000,
  spend_per_day: 1_000_000_000_000_000,
  spend_per_month: 1_000_000_000_000_000,
};

export type Keys = Record<keyof typeof CUSTOMERS, string>;

/** Three customers with a key each; returns the keys' texts. */
export async function seedCustomers(db: D1Database): Promise<Keys> {
  const keys: Keys = { asks: newKeyText('secret'), full: newKeyText('secret'), other: newKeyText('secret') };
  const rows = await Promise.all(
    (['asks', 'full', 'other'] as const).map(async (who) => {
      const limits = JSON.stringify(who === 'full' ? { requests_per_day: 0 } : ROOMY);
      const id = CUSTOMERS[who];
      return [
        db
          .prepare('INSERT INTO customers (id, name, limits, created_at_ms) VALUES (?1, ?1, ?2, 0)')
          .bind(id, limits),
        db
          .prepare(
            `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, limits, created_at_ms)
             VALUES (?1, ?2, 'secret', ?1, ?3, 'cg_', 'bench', ?4, 0)`,
          )
          .bind(`key_${who}`, id, await sha256Hex(keys[who]), limits),
      ];
    }),
  );
  await db.batch(rows.flat());
  return keys;
}

/** Running jobs 0 to `count` of one kind, which cost nothing. */
export async function seedJobs(db: D1Database, kind: JobKind, count: number): Promise<void> {
  const prefix = jobId(kind, 0);
  const width = 7;
  await db
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1),
         made (id) AS (SELECT substr(?2, 1, length(?2) - ${width}) || printf('%0${width}d', i) FROM n)
       INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, upstream_id, unit_micros,
         hold_micros, created_at_ms)
       SELECT id, ?3, ?4, ?4, 'bytedance/dreamina-3-0/pro/text-to-video', 'acct_env', 'running', ?5 || id, 0, 0, ?6
       FROM made`,
    )
    .bind(
      count,
      prefix,
      kind === 'other' ? CUSTOMERS.other : CUSTOMERS.asks,
      kind === 'other' ? 'key_other' : 'key_asks',
      upstreamId(''),
      Date.now(),
    )
    .run();
}
