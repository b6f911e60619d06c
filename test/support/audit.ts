// The audit trail of one object, oldest first.

import { env } from 'cloudflare:workers';

export type AuditRow = { actor: string; action: string; change: any; trace_id: string; at_ms: number };

export async function auditOf(object: string): Promise<AuditRow[]> {
  const { results } = await env.DB.prepare(
    `SELECT at_ms, actor, action, change, trace_id FROM audit a JOIN audit_details d ON d.audit_id = a.id
     WHERE object = ?1 ORDER BY id`,
  )
    .bind(object)
    .all<AuditRow>();
  return results.map((row) => ({ ...row, change: JSON.parse(row.change) }));
}

export async function countAudit(): Promise<number> {
  return (await env.DB.prepare('SELECT COUNT(*) AS n FROM audit').first<number>('n')) ?? 0;
}

const TRIGGERS = ['audit', 'audit_details', 'audit_seals'];

/** Acts as an intruder with full access to D1: drops the triggers first, and restores them. */
export async function forgedAudit(statements: string[]): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN (SELECT value FROM json_each(?1))`,
  )
    .bind(JSON.stringify(TRIGGERS))
    .all<{ name: string; sql: string }>();
  await env.DB.batch(
    [
      ...results.map(({ name }) => `DROP TRIGGER ${name}`),
      ...statements,
      ...results.map(({ sql }) => sql),
    ].map((sql) => env.DB.prepare(sql)),
  );
}

/** An audit without rows, whose next id is 1. */
export function resetAudit(): Promise<void> {
  return forgedAudit([
    ...['audit_details', 'audit', 'audit_seals'].map((table) => `DELETE FROM ${table}`),
    "DELETE FROM sqlite_sequence WHERE name = 'audit'",
  ]);
}
