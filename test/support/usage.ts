// Reports of usage as they stand on the wire, and rows for them that no submit would make.

import { env } from 'cloudflare:workers';
import { rebuildRollUps } from '../../src/features/usage/booked-store.ts';
import type { Isolate, Tenant, World } from './world.ts';
import { ADMIN_TOKEN } from './world.ts';

/** The text of a report and its Content-Type. */
export async function usageText(
  world: Isolate,
  path: string,
  token: string = ADMIN_TOKEN,
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await world.raw(path, { headers: { Authorization: `Bearer ${token}` } });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

/** A job that RunComfy is through with: ended, and asked for by its owner, so that the books know. */
export async function endedJob(
  world: World,
  token: string,
  end: {
    as: 'succeeded' | 'failed' | 'cancelled';
    cost_usd?: number | null;
    model?: string;
    input?: unknown;
  },
): Promise<string> {
  const { as, cost_usd, model, input } = end;
  const { body } = await world.submit(token, input, model);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs.at(-1)!.id;
  world.runcomfy.finish(upstreamId, { as, ...(cost_usd === undefined ? {} : { cost_usd }) });
  await world.result(token, body.request_id);
  await world.idle();
  return body.request_id;
}

/** As after a change of rows by hand: the roll-ups say again what jobs and ledger do. */
export async function rollUp(tenant: { id: string }): Promise<void> {
  const entry = {
    atMs: 0,
    actor: 'test',
    sessionId: null,
    address: '',
    action: 'usage.rebuild',
    object: tenant.id,
    change: {},
    traceId: '',
  };
  await rebuildRollUps(env.DB, tenant.id, entry);
}

type Settled = { atMs: number; micros: number; model?: string; endUser?: string };

/** Many settled jobs at once, each with this charge and cost; where no model is said, each of one of its own. */
export async function insertSettled(
  tenant: Tenant,
  count: number,
  { atMs, micros, model, endUser = '' }: Settled,
): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
     INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, unit_micros, hold_micros,
       charge_micros, cost_micros, cost_at_ms, created_at_ms, ended_at_ms, settled_at_ms, end_user)
     SELECT 'job_' || ?1 || ?5 || '_' || i, ?1, ?2, ?2, COALESCE(?6, 'made/model-' || i), 'acct_env', 'succeeded', 0,
       ?4, ?4, ?4, ?5, ?5, ?5, ?5, ?7
     FROM n`,
  )
    .bind(tenant.id, tenant.keyId, count, micros, atMs, model ?? null, endUser)
    .run();
  await rollUp(tenant);
}
