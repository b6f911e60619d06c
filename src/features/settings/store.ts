// The gateway's own settings: limits over all customers together, the stop switch, and what a browser token gets whose
// minting names no bound; and how long files are kept.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isLimits, type Limits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, type Row } from '../../storage/column.ts';
import { isNumber, oneOf } from '../../lib/guard.ts';
import { isMicros, type Micros } from '../../lib/money.ts';

type TokenDefaults = { maxRequests: number; maxSpendMicros: Micros };
export type GatewaySettings = {
  limits: Limits;
  submits: 'on' | 'off';
  tokenDefaults: TokenDefaults;
  /** How long a file is kept that is uploaded from now on. */
  filesDays: number;
  /** Whether the audit keeps the addresses of callers. */
  auditAddresses: 'on' | 'off';
};

const FIELDS = 'limits, submits, token_requests, token_spend_micros, files_days, audit_addresses';

/** As the audit shows them. */
const STATE = stateOf(
  'settings',
  `'limits', json(limits), 'submits', submits, 'token_requests', token_requests,
   'token_spend_micros', token_spend_micros, 'files_days', files_days, 'audit_addresses', audit_addresses`,
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
    filesDays: column(row, 'files_days', isNumber),
    auditAddresses: column(row, 'audit_addresses', oneOf(['on', 'off'])),
  };
}

export async function getGatewaySettings(db: D1Database): Promise<GatewaySettings> {
  return settingsOf(await db.prepare(`SELECT ${FIELDS} FROM settings`).first());
}

/** Absent keeps. */
export type GatewayPatch = {
  limits?: LimitsPatch | undefined;
  submits?: 'on' | 'off' | undefined;
  filesDays?: number | undefined;
  tokenDefaults?: { [Name in keyof TokenDefaults]?: TokenDefaults[Name] | undefined } | undefined;
  auditAddresses?: 'on' | 'off' | undefined;
};

export async function patchGatewaySettings(
  db: D1Database,
  patch: GatewayPatch,
  change: Change,
): Promise<GatewaySettings> {
  const { before, behind } = audited(db, change, STATE);
  const [, updated] = await db.batch<Row>([
    ...before,
    db
      .prepare(
        `UPDATE settings SET limits = json_patch(limits, ?1), submits = COALESCE(?2, submits),
           token_requests = COALESCE(?3, token_requests), token_spend_micros = COALESCE(?4, token_spend_micros),
           files_days = COALESCE(?5, files_days), audit_addresses = COALESCE(?6, audit_addresses)
         RETURNING ${FIELDS}`,
      )
      .bind(
        JSON.stringify(patch.limits ?? {}),
        patch.submits ?? null,
        patch.tokenDefaults?.maxRequests ?? null,
        patch.tokenDefaults?.maxSpendMicros ?? null,
        patch.filesDays ?? null,
        patch.auditAddresses ?? null,
      ),
    ...behind,
  ]);
  return settingsOf(updated?.results[0]);
}
