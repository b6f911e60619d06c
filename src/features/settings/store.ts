// The gateway's own settings: limits over all customers together, and the stop switch.

import { auditEntry, type Change } from '../audit/store.ts';
import { isLimits, storedPatch, type Limits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, oneOf, type Row } from '../../lib/column.ts';

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

/** Absent keeps; null removes. */
export async function patchGatewaySettings(
  db: D1Database,
  patch: { limits?: LimitsPatch | undefined; submits?: 'on' | 'off' | undefined },
  change: Change,
): Promise<GatewaySettings> {
  const [updated] = await db.batch<Row>([
    db
      .prepare(
        `UPDATE settings SET limits = json_patch(limits, ?1), submits = COALESCE(?2, submits)
         RETURNING limits, submits`,
      )
      .bind(storedPatch(patch.limits ?? {}), patch.submits ?? null),
    auditEntry(db, change),
  ]);
  return settingsOf(updated?.results[0]);
}
