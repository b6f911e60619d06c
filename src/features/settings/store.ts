// The gateway's own settings: limits over all customers together, the stop switch, what a browser token gets whose minting
// names no bound, what a new customer gets whose creation does not say, and how long files and results are kept.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isLimits, type Limits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, oneOf, orNull } from '../../lib/guard.ts';
import { isPlanId, type PlanId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';

type TokenDefaults = { maxRequests: number; maxSpendMicros: Micros };
/** Of a new customer; null: none. */
type CustomerDefaults = { limits: Limits; markupE4: number | null; prepaid: boolean; plan: PlanId | null };
export type GatewaySettings = {
  limits: Limits;
  submits: 'on' | 'off';
  tokenDefaults: TokenDefaults;
  defaults: CustomerDefaults;
  /** How long a file is kept that is uploaded from now on. */
  filesDays: number;
  /** How long results of jobs are kept behind their settlement. */
  retentionDays: number;
  /** Whether the audit keeps the addresses of callers. */
  auditAddresses: 'on' | 'off';
};

const FIELDS = `limits, submits, token_requests, token_spend_micros, default_limits, default_markup_e4, default_prepaid,
  default_plan_id, files_days, retention_days, audit_addresses`;

/** As the audit shows them. */
const STATE = stateOf(
  'settings',
  `'limits', json(limits), 'submits', submits, 'token_requests', token_requests,
   'token_spend_micros', token_spend_micros, 'audit_addresses', audit_addresses,
   'default_limits', json(default_limits), 'default_markup_e4', default_markup_e4,
   'default_prepaid', json(iif(default_prepaid, 'true', 'false')), 'default_plan', default_plan_id,
   'files_days', files_days, 'retention_days', retention_days`,
  "'settings'",
);

function settingsOf(row: Row): GatewaySettings {
  return {
    limits: jsonColumn(row, 'limits', isLimits),
    submits: column(row, 'submits', oneOf(['on', 'off'])),
    tokenDefaults: {
      maxRequests: column(row, 'token_requests', isNumber),
      maxSpendMicros: column(row, 'token_spend_micros', isMicros),
    },
    defaults: {
      limits: jsonColumn(row, 'default_limits', isLimits),
      markupE4: column(row, 'default_markup_e4', orNull(isNumber)),
      prepaid: column(row, 'default_prepaid', isNumber) === 1,
      plan: column(row, 'default_plan_id', orNull(isPlanId)),
    },
    filesDays: column(row, 'files_days', isNumber),
    retentionDays: column(row, 'retention_days', isNumber),
    auditAddresses: column(row, 'audit_addresses', oneOf(['on', 'off'])),
  };
}

export async function getGatewaySettings(db: D1Database): Promise<GatewaySettings> {
  return settingsOf(await db.prepare(`SELECT ${FIELDS} FROM settings`).first());
}

/** Absent keeps; null removes. */
export type GatewayPatch = {
  limits?: LimitsPatch | undefined;
  submits?: 'on' | 'off' | undefined;
  filesDays?: number | undefined;
  retentionDays?: number | undefined;
  tokenDefaults?: { [Name in keyof TokenDefaults]?: TokenDefaults[Name] | undefined } | undefined;
  defaults?:
    | {
        limits?: LimitsPatch | undefined;
        markupE4?: number | null | undefined;
        prepaid?: boolean | undefined;
        plan?: string | null | undefined;
      }
    | undefined;
  auditAddresses?: 'on' | 'off' | undefined;
};

const UPDATE = `UPDATE settings SET limits = json_patch(limits, ?1), submits = COALESCE(?2, submits),
    token_requests = COALESCE(?3, token_requests), token_spend_micros = COALESCE(?4, token_spend_micros),
    default_limits = json_patch(default_limits, ?5),
    default_markup_e4 = CASE WHEN ?6 THEN ?7 ELSE default_markup_e4 END,
    default_prepaid = COALESCE(?8, default_prepaid),
    default_plan_id = CASE WHEN ?9 THEN ?10 ELSE default_plan_id END,
    retention_days = COALESCE(?11, retention_days), audit_addresses = COALESCE(?12, audit_addresses),
    files_days = COALESCE(?13, files_days)
  WHERE ?10 IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = ?10) RETURNING ${FIELDS}`;

/** Null: the patch names a plan that is not there. */
export async function patchGatewaySettings(
  db: D1Database,
  patch: GatewayPatch,
  change: Change,
): Promise<GatewaySettings | null> {
  const { before, behind } = audited(db, change, STATE);
  const statement = db
    .prepare(UPDATE)
    .bind(
      JSON.stringify(patch.limits ?? {}),
      patch.submits ?? null,
      patch.tokenDefaults?.maxRequests ?? null,
      patch.tokenDefaults?.maxSpendMicros ?? null,
      ...defaultsOf(patch.defaults ?? {}),
      patch.retentionDays ?? null,
      patch.auditAddresses ?? null,
      patch.filesDays ?? null,
    );
  const [, updated] = await db.batch<Record<string, unknown>>([...before, statement, ...behind]);
  const [row] = rowsOf(updated);
  return row === undefined ? null : settingsOf(row);
}

function defaultsOf({ limits, markupE4, prepaid, plan }: NonNullable<GatewayPatch['defaults']>) {
  return [
    JSON.stringify(limits ?? {}),
    markupE4 === undefined ? 0 : 1,
    markupE4 ?? null,
    prepaid === undefined ? null : Number(prepaid),
    plan === undefined ? 0 : 1,
    plan ?? null,
  ];
}
