// The past, as rows: jobs that have ended, with their ledger and counters, and their customers. Half of the jobs are the
// first tenant's.

import { jobId, prefixOf, upstreamId } from '../made-up.ts';
import type { Tenant } from '../tenants.ts';

const DAY_MS = 86_400_000;
/** Jobs are spread over the days before today, so that two months have some. */
const DAYS = 60;
const SLICES = 8;
/** A statement takes a second with so many: statements of 15 s have cut Miniflare's connection to D1. */
const AT_ONCE = 20_000;
const CHARGE_MICROS = 250_000;
const CREDIT_MICROS = 1_000_000_000_000_000;

/**
 * The id of the i-th of ?7 past jobs. In order, because a million are inserted faster that way; over the whole range of
 * UUIDs, so that new ids fall between them.
 */
const PAST_ID = "printf('%08x-0000-4000-8000-%012d', i * 4294967296 / ?7, i)";
/** In every index there are others on both sides of the tenant. */
const OTHER = "CASE i % 2 WHEN 0 THEN 'a' ELSE 'z' END || printf('%010d', i)";

const numbers =
  'WITH RECURSIVE n (i) AS (SELECT ?1 WHERE ?1 < ?2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)';

const CUSTOMERS = `${numbers} INSERT INTO customers (id, name, created_at_ms)
  SELECT 'cus_' || ${OTHER}, 'another', i FROM n`;
const KEYS = `${numbers}
  INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, created_at_ms)
  SELECT 'key_' || ${OTHER}, 'cus_' || ${OTHER}, 'secret', 'key_' || ${OTHER}, printf('%010d', i * 2654435761 % 4294967296), 'cg_',
    'server', i FROM n`;

// ?3 ?4 customer and key of the tenant, ?5 how many others there are, ?6 the beginning of today.
const JOBS = `${numbers}, job (id, k, who, key, at_ms, i) AS (
    SELECT ${PAST_ID}, i, CASE i % 2 WHEN 0 THEN ?3 END, CASE i % 2 WHEN 0 THEN ?4 END,
      ?6 - ${DAY_MS} * (1 + i / 2 % ${DAYS}) + i % 86000 * 1000, i / 2 % ?5 FROM n)
  INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, upstream_id, unit_micros,
    hold_micros, estimate_micros, charge_micros, cost_micros, cost_at_ms, created_at_ms, ended_at_ms, settled_at_ms)
  SELECT id, COALESCE(who, 'cus_' || ${OTHER}),
    COALESCE(key, 'key_' || ${OTHER}), COALESCE(key, 'key_' || ${OTHER}), 'bytedance/dreamina-3-0/pro/text-to-video',
    'acct_env', 'succeeded', 'u-past-' || k, ${CHARGE_MICROS}, ${CHARGE_MICROS}, ${CHARGE_MICROS}, ${CHARGE_MICROS},
    ${CHARGE_MICROS}, CAST(at_ms AS INTEGER) + 40000, at_ms, at_ms + 40000, at_ms + 40000
  FROM job`;
const LEDGER = `${numbers}
  INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  SELECT j.id, p.value, CASE p.value WHEN 'hold' THEN 'hold' ELSE 'charge' END, j.customer_id, j.hold_micros,
    j.created_at_ms
  FROM n JOIN jobs j ON j.id = ${PAST_ID}, json_each('["hold", "end"]') p`;

const COUNTERS = `INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  WITH day (subject, at_ms, requests, micros) AS (
    SELECT s.value, j.created_at_ms - j.created_at_ms % ${DAY_MS}, COUNT(*), SUM(j.charge_micros)
    FROM jobs j, json_each(json_array('gateway', j.customer_id, j.family)) s GROUP BY 1, 2)
  SELECT subject, 'day', at_ms, at_ms, requests, micros FROM day
  UNION ALL SELECT subject, 'total', 0, 0, SUM(requests), SUM(micros) FROM day GROUP BY subject`;
// A tenant of any size has a row for every day and every slice, so that time itself adds no rows.
const EVERY_DAY = `WITH RECURSIVE d (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < ${DAYS})
  INSERT OR IGNORE INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT s.value, 'day', ?3 - ${DAY_MS} * i, ?3 - ${DAY_MS} * i, 0, 0
  FROM d, json_each(json_array('gateway', ?1, ?2)) s`;
const EVERY_SLICE = `WITH RECURSIVE d (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < ${SLICES} - 1)
  INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
  SELECT s.value, 'slice', i, i * 10000, 0, 0 FROM d, json_each(json_array('gateway', ?1, ?2)) s`;

const BALANCES = `UPDATE customers SET balance_micros = -(SELECT c.micros FROM counters c
    WHERE c.subject = customers.id AND c.grain = 'total' AND c.slot = 0)
  WHERE EXISTS (SELECT 1 FROM counters c WHERE c.subject = customers.id AND c.grain = 'total' AND c.slot = 0)`;
const CREDIT = `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
  VALUES ('op_bench', 'operation', 'credit', ?1, ${CREDIT_MICROS}, 0)`;
const PREPAY = `UPDATE customers SET prepaid = 1, balance_micros = balance_micros + ${CREDIT_MICROS} WHERE id = ?1`;

export type Past = { jobs: number; customers: number };

/** Seeds `past`, with `tenant` among the customers. The ledger stays consistent. */
export async function seedPast(db: D1Database, tenant: Tenant, { jobs, customers }: Past): Promise<void> {
  const { customerId, keyId } = tenant;
  const others = customers - 1;
  const todayMs = Date.now() - (Date.now() % DAY_MS);
  for (const [from, to] of spans(others)) {
    await db.batch([CUSTOMERS, KEYS].map((sql) => db.prepare(sql).bind(from, to)));
  }
  await withoutIndexes(db, async () => {
    for (const [from, to] of spans(jobs)) {
      await db.prepare(JOBS).bind(from, to, customerId, keyId, others, todayMs, jobs).run();
      await db.prepare(LEDGER).bind(from, to, null, null, null, null, jobs).run();
    }
  });
  const subjects = [customerId, keyId];
  await db.batch([
    db.prepare(COUNTERS),
    db.prepare(EVERY_DAY).bind(...subjects, todayMs),
    db.prepare(EVERY_SLICE).bind(...subjects),
    db.prepare(BALANCES),
    db.prepare(CREDIT).bind(customerId),
    db.prepare(PREPAY).bind(customerId),
  ]);
}

/** It is much faster to build the indexes of jobs at the end than to keep them up to date. */
async function withoutIndexes(db: D1Database, fill: () => Promise<void>): Promise<void> {
  const { results } = await db
    .prepare(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'jobs' AND sql IS NOT NULL",
    )
    .all<{ name: string; sql: string }>();
  await db.batch(results.map(({ name }) => db.prepare(`DROP INDEX ${name}`)));
  await fill();
  for (const { sql } of results) {
    await db.prepare(sql).run();
  }
}

function spans(count: number): [number, number][] {
  return Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, at) => [
    at * AT_ONCE,
    Math.min(count, (at + 1) * AT_ONCE),
  ]);
}

/**
 * Running jobs number `from` to `to` of the tenant, without holds and without copies in KV. The cron checks them at
 * `checkAtMs`.
 */
export async function seedOpen(
  db: D1Database,
  { customerId, keyId }: Tenant,
  { from, to, checkAtMs }: { from: number; to: number; checkAtMs: number },
): Promise<void> {
  await db
    .prepare(
      `${numbers}, made (id) AS (SELECT substr(?3, 1, length(?3) - 8) || printf('%08d', i) FROM n)
       INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, upstream_id, unit_micros,
         hold_micros, created_at_ms, check_at_ms)
       SELECT id, ?4, ?5, ?5, 'bytedance/dreamina-3-0/pro/text-to-video', 'acct_env', 'running', ?6 || id, 0, 0, ?7, ?8
       FROM made`,
    )
    .bind(from, to, jobId('open', 0), customerId, keyId, upstreamId(''), Date.now(), checkAtMs)
    .run();
}

/** They end but stay: the ledger refers to jobs, so to delete one D1 reads the whole ledger. */
export async function endOpen(db: D1Database): Promise<void> {
  await db
    .prepare(
      `UPDATE jobs SET state = 'lost', charge_micros = 0, ended_at_ms = ?1, settled_at_ms = ?1, check_at_ms = NULL
       WHERE id IN (SELECT id FROM jobs INDEXED BY jobs_at_once WHERE state IN ('reserved', 'running')
         AND id GLOB '${prefixOf('open')}*')`,
    )
    .bind(Date.now())
    .run();
}
