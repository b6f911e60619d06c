// Open jobs in numbers that no test could submit: rows of the books as the gate would have left them.

import { env } from 'cloudflare:workers';
import type { Tenant } from './world.ts';

export type OpenJob = { id: string; upstreamId: string; tenant: Tenant };

export type Terms = { createdAtMs: number; checkAtMs: number; mode?: 'estimate' | 'cost' };

const HOLD_MICROS = 250_000;
const DAY_MS = 86_400_000;
const AT_ONCE = 500;

/** `count` running jobs, as many of each tenant. Their upstream ids are their own with another beginning. */
export async function insertRunning(tenants: Tenant[], count: number, terms: Terms): Promise<OpenJob[]> {
  const jobs = Array.from({ length: count }, (_, index): OpenJob => {
    const id = crypto.randomUUID();
    return { id, upstreamId: `up-${id}`, tenant: tenants[index % tenants.length]! };
  });
  for (let from = 0; from < count; from += AT_ONCE) {
    await insert(jobs.slice(from, from + AT_ONCE), terms);
  }
  return jobs;
}

async function insert(jobs: OpenJob[], { createdAtMs, checkAtMs, mode = 'estimate' }: Terms): Promise<void> {
  const list = JSON.stringify(
    jobs.map(({ id, upstreamId, tenant }) => [id, upstreamId, tenant.id, tenant.keyId]),
  );
  const rows = `(SELECT value ->> 0 AS id, value ->> 1 AS upstream_id, value ->> 2 AS customer_id, value ->> 3 AS key_id
    FROM json_each(?1))`;
  const dayMs = createdAtMs - (createdAtMs % DAY_MS);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, upstream_id, unit_micros,
         hold_micros, estimate_micros, charge_mode, created_at_ms, check_at_ms)
       SELECT id, customer_id, key_id, key_id, 'made/model', 'acct_env', 'running', upstream_id, ${HOLD_MICROS},
         ${HOLD_MICROS}, ${HOLD_MICROS}, ?4, ?2, ?3 FROM ${rows}`,
    ).bind(list, createdAtMs, checkAtMs, mode),
    env.DB.prepare(
      `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
       SELECT id, 'hold', 'hold', customer_id, ${HOLD_MICROS}, ?2 FROM ${rows}`,
    ).bind(list, createdAtMs),
    env.DB.prepare(
      `UPDATE customers SET held_micros = held_micros + r.held FROM (
         SELECT customer_id, COUNT(*) * ${HOLD_MICROS} AS held FROM ${rows} GROUP BY customer_id) r
       WHERE customers.id = r.customer_id`,
    ).bind(list),
    env.DB.prepare(
      `INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
       SELECT s.value, g.value ->> 0, g.value ->> 1, g.value ->> 1, COUNT(*), COUNT(*) * ${HOLD_MICROS}
       FROM ${rows} r, json_each(json_array('gateway', r.customer_id, r.key_id)) s, json_each(?2) g
       WHERE true GROUP BY 1, 2
       ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, micros = micros + excluded.micros`,
    ).bind(
      list,
      JSON.stringify([
        ['day', dayMs],
        ['total', 0],
      ]),
    ),
  ]);
}
