// The gateway's own settings: limits over all customers together, and the stop switch.

import { auditEntry, type Change } from '../audit/store.ts';
import { isLimits, type Limits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, type Row } from '../../storage/column.ts';
import { oneOf } from '../../lib/guard.ts';

export type GatewaySettings = { limits: Limits; submits: 'on' | 'off' };

function settingsOf(row: Row): GatewaySettings {
  return {
    limits: jsonColumn(row, 'limits', isLimits),
    submits: column(row, 'submits', oneOf(['on', 'off'])),
  };
}

export async function getGatewaySettings(db: D1Database): Promise<GatewaySettings> {
  return settingsOf(await db.prepare('SELECT limits, submits FROM settings').first());
}

/** Absent keeps. */
export type GatewayPatch = { limits?: LimitsPatch | undefined; submits?: 'on' | 'off' | undefined };

export async function patchGatewaySettings(
  db: D1Database,
  patch: GatewayPatch,
  change: Change,
): Promise<GatewaySettings> {
  const [updated] = await db.batch<Row>([
    db
      .prepare(
        `UPDATE settings SET limits = json_patch(limits, ?1), submits = COALESCE(?2, submits)
         RETURNING limits, submits`,
      )
      .bind(JSON.stringify(patch.limits ?? {}), patch.submits ?? null),
    auditEntry(db, change),
  ]);
  return settingsOf(updated?.results[0]);
}
