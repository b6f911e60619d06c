// The gateway's own settings: limits over all customers together, and the stop switch.

import * as z from 'zod';
import { auditEntry, type Change } from '../audit/store.ts';
import { limitsColumn, storedPatch, type Limits, type LimitsPatch } from '../ledger/limits.ts';

export type GatewaySettings = { limits: Limits; submits: 'on' | 'off' };

const row = z.object({ limits: limitsColumn, submits: z.enum(['on', 'off']) });

export async function getGatewaySettings(db: D1Database): Promise<GatewaySettings> {
  return row.parse(await db.prepare('SELECT limits, submits FROM settings').first());
}

/** Absent keeps; null removes. */
export async function patchGatewaySettings(
  db: D1Database,
  patch: { limits?: LimitsPatch | undefined; submits?: 'on' | 'off' | undefined },
  change: Change,
): Promise<GatewaySettings> {
  const [updated] = await db.batch([
    db
      .prepare(
        `UPDATE settings SET limits = json_patch(limits, ?1), submits = COALESCE(?2, submits)
         RETURNING limits, submits`,
      )
      .bind(storedPatch(patch.limits ?? {}), patch.submits ?? null),
    auditEntry(db, change),
  ]);
  return row.parse(updated?.results[0]);
}
