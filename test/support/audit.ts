// The audit trail of one object, oldest first.

import { env } from 'cloudflare:workers';

export type AuditRow = { actor: string; action: string; change: any; trace_id: string; at_ms: number };

export async function auditOf(object: string): Promise<AuditRow[]> {
  const { results } = await env.DB.prepare(
    'SELECT at_ms, actor, action, change, trace_id FROM audit WHERE object = ?1 ORDER BY id',
  )
    .bind(object)
    .all<AuditRow>();
  return results.map((row) => ({ ...row, change: JSON.parse(row.change) }));
}

export async function countAudit(): Promise<number> {
  return (await env.DB.prepare('SELECT COUNT(*) AS n FROM audit').first<number>('n')) ?? 0;
}
