// The gateway's own settings: limits over all customers together, the switch for submits, the defaults of browser tokens and
// of new customers, and how long files and results are kept.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isLimits, type Limits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, oneOf, orNull } from '../../lib/guard.ts';
import { isPlanId, type PlanId } from '../../lib/ids.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { statement } from '../../storage/statement.ts';

type TokenDefaults = { maxRequests: number; maxSpendMicros: Micros };
/** The defaults of new customers; null: none. */
type CustomerDefaults = { limits: Limits; markupE4: number | null; prepaid: boolean; plan: PlanId | null };
export type GatewaySettings = {
  limits: Limits;
  submits: 'on' | 'off';
  tokenDefaults: TokenDefaults;
  defaults: CustomerDefaults;
  /** How long a file is kept. A change affects new uploads only. */
  filesDays: number;
  /** How long results are kept after the settlement of their job. */
  retentionDays: number;
  /** on: the audit keeps the addresses of callers. */
  auditAddresses: 'on' | 'off';
};

const FIELDS = `limits, submits, token_requests, token_spend_micros, default_limits, default_markup_e4, default_prepaid,
  default_plan_id, files_days, retention_days, audit_addresses`;

/** The settings as the audit shows them. */
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

/** An absent member is left as it is; null removes it. */
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

const UPDATE = statement<{
  limits: string;
  submits: 'on' | 'off' | null;
  maxRequests: number | null;
  maxSpendMicros: Micros | null;
  defaultLimits: string;
  setsMarkup: number;
  markupE4: number | null;
  prepaid: number | null;
  setsPlan: number;
  plan: string | null;
  retentionDays: number | null;
  auditAddresses: 'on' | 'off' | null;
  filesDays: number | null;
}>(
  `UPDATE settings SET limits = json_patch(limits, :limits), submits = COALESCE(:submits, submits),
    token_requests = COALESCE(:maxRequests, token_requests),
    token_spend_micros = COALESCE(:maxSpendMicros, token_spend_micros),
    default_limits = json_patch(default_limits, :defaultLimits),
    default_markup_e4 = CASE WHEN :setsMarkup THEN :markupE4 ELSE default_markup_e4 END,
    default_prepaid = COALESCE(:prepaid, default_prepaid),
    default_plan_id = CASE WHEN :setsPlan THEN :plan ELSE default_plan_id END,
    retention_days = COALESCE(:retentionDays, retention_days),
    audit_addresses = COALESCE(:auditAddresses, audit_addresses), files_days = COALESCE(:filesDays, files_days)
  WHERE :plan IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = :plan) RETURNING ${FIELDS}`,
);

/** Null: the patch names a plan that does not exist. */
export async function patchGatewaySettings(
  db: D1Database,
  patch: GatewayPatch,
  change: Change,
): Promise<GatewaySettings | null> {
  const { before, behind } = audited(db, change, STATE);
  const { tokenDefaults = {}, defaults = {} } = patch;
  const update = UPDATE(db, {
    limits: JSON.stringify(patch.limits ?? {}),
    submits: patch.submits ?? null,
    maxRequests: tokenDefaults.maxRequests ?? null,
    maxSpendMicros: tokenDefaults.maxSpendMicros ?? null,
    defaultLimits: JSON.stringify(defaults.limits ?? {}),
    setsMarkup: Number(defaults.markupE4 !== undefined),
    markupE4: defaults.markupE4 ?? null,
    prepaid: defaults.prepaid === undefined ? null : Number(defaults.prepaid),
    setsPlan: Number(defaults.plan !== undefined),
    plan: defaults.plan ?? null,
    retentionDays: patch.retentionDays ?? null,
    auditAddresses: patch.auditAddresses ?? null,
    filesDays: patch.filesDays ?? null,
  });
  const [, updated] = await db.batch<Record<string, unknown>>([...before, update, ...behind]);
  const [row] = rowsOf(updated);
  return row === undefined ? null : settingsOf(row);
}
