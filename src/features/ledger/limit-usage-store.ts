// The SQL of how much of each limit is used, of everybody who has limits: gateway, customer, key, browser token and
// upstream account. One relation, so that a limit means the same everywhere.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId, type CustomerId, type KeyId } from '../../lib/ids.ts';
import { ENV_ACCOUNT } from '../accounts/account.ts';
import { limitsOf } from '../plans/terms-store.ts';
import { SCOPES, type LimitReport, type LimitUsage } from './limit-usage.ts';
import { isLimitName, isSpend, LIMIT_NAMES, LIMITS, type LimitName, type Sum } from './limits.ts';
import { WINDOWS, windowsAt, type Windows } from './windows.ts';

/** The submitter and the instant of the submit. */
export type Caller = { customerId: CustomerId; keyId: KeyId; tokenId: KeyId | ''; atMs: number };

export const isScope = oneOf(SCOPES);
const isUsageName = oneOf([...LIMIT_NAMES, 'balance']);
const isNumberOrNull = orNull(isNumber);

export function limitUsageOf(row: Row): LimitUsage {
  return {
    scope: column(row, 'scope', isScope),
    name: column(row, 'name', isUsageName),
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
    adds: column(row, 'adds', isNumber),
    oldestMs: column(row, 'oldest_ms', isNumberOrNull),
  };
}

/**
 * SQL: the subject that counts the jobs of an account, '' for `acct_env`, whose use is the gateway's less that of all other
 * accounts. A gateway with one account reads and writes no further rows.
 */
export function countedAs(account: string): string {
  return `CASE ${account} WHEN '${ENV_ACCOUNT}' THEN '' ELSE ${account} END`;
}

/** SQL: the subjects whose counters a job `j` moves; '' is nobody. */
export const SUBJECTS = `json_each(json_array('gateway', j.customer_id, j.family, j.token_id, ${countedAs('j.account_id')}))`;

const OF_SUBMITS: readonly Sum[] = ['requests', 'spend', 'jobs'];

/** A CASE and no join: the rows of a joined table would be read once for each limit that is set. */
const caseOf = (value: (name: LimitName) => string) =>
  `CASE l.key ${LIMIT_NAMES.filter((name) => OF_SUBMITS.includes(LIMITS[name].sums))
    .map((name) => `WHEN '${name}' THEN ${value(name)}`)
    .join(' ')} END`;

/**
 * SQL: the columns of a stored limit `l`: the counters that it sums, since when, and what this submit adds. Of a limit
 * that no submit adds to, `grain` is NULL.
 */
export const LIMIT_COLUMNS = `l.key AS name, l.value AS max,
      ${caseOf((name) => `'${WINDOWS[LIMITS[name].window].grain}'`)} AS grain,
      ${caseOf((name) => WINDOWS[LIMITS[name].window].since)} AS since_ms,
      ${caseOf((name) => (isSpend(name) ? '1' : '0'))} AS is_spend,
      ${caseOf((name) => (isSpend(name) ? ':holdMicros' : '1'))} AS adds`;

/** SQL: the sum of a limit `m`. Days before its window are not read: the slot of a day is its start. */
export const used = (from: string) => `(
          SELECT COALESCE(SUM(CASE m.is_spend WHEN 1 THEN c.micros ELSE c.requests END), 0)
          FROM ${from} AND c.grain = m.grain AND c.starts_at_ms >= m.since_ms
            AND c.slot >= CASE m.grain WHEN 'slice' THEN 0 ELSE m.since_ms END)`;

/** SQL: where the oldest slice starts that a sliding minute `m` counts; NULL for other windows. */
export const OLDEST = `CASE m.grain WHEN 'slice' THEN (
        SELECT MIN(c.starts_at_ms) FROM counters c WHERE c.subject = m.id AND c.grain = 'slice'
          AND c.starts_at_ms >= :minuteSinceMs AND c.requests > 0) END`;

/** Jobs that have ended are not read: the index is named. */
const atOnce = (from: string, whose: string) => `(
          SELECT COUNT(*) FROM ${from} INDEXED BY jobs_at_once
          WHERE j.state IN ('reserved', 'running') AND j.account_id = ${whose})`;
/** The account leads the index, so that it is searched once for each: there are few. */
export const ofCaller = (whose: string) => atOnce('accounts a CROSS JOIN jobs j', `a.id AND ${whose}`);

const CALLER_USAGE = `subject (scope, id, limits) AS (
    SELECT 'gateway', 'gateway', limits FROM settings
    UNION ALL SELECT 'customer', id, ${limitsOf('customers')} FROM customers WHERE id = :customerId
    UNION ALL SELECT 'key', family, limits FROM keys WHERE id = :keyId
    UNION ALL SELECT 'token', id, limits FROM keys WHERE id = :tokenId
  ), caller_limit AS (
    SELECT s.scope, s.id, ${LIMIT_COLUMNS} FROM subject s, json_each(s.limits) l
  ), limit_usage (scope, name, max, used, adds, oldest_ms) AS (
    SELECT m.scope, m.name, m.max,
      CASE
        WHEN m.grain <> 'open' THEN ${used('counters c WHERE c.subject = m.id')}
        WHEN m.scope = 'gateway' THEN (
          SELECT COUNT(*) FROM jobs j INDEXED BY jobs_at_once WHERE j.state IN ('reserved', 'running'))
        WHEN m.scope = 'customer' THEN ${ofCaller('j.customer_id = m.id')}
        WHEN m.scope = 'key' THEN ${ofCaller('j.customer_id = :customerId AND j.family = m.id')}
        ELSE ${ofCaller('j.customer_id = :customerId AND j.token_id = m.id')}
      END,
      m.adds, ${OLDEST}
    FROM caller_limit m WHERE m.grain IS NOT NULL
    UNION ALL
    SELECT 'customer', 'balance', balance_micros, held_micros, :holdMicros, NULL
    FROM customers WHERE id = :customerId AND prepaid = 1
  )`;

const OF_ACCOUNTS = `account_limit AS (
    SELECT a.id, ${LIMIT_COLUMNS} FROM accounts a, json_each(a.limits) l WHERE a.status = 'active'
  ), account_usage (id, name, max, used, adds) AS (
    SELECT m.id, m.name, m.max,
      CASE
        WHEN m.grain = 'open' THEN ${atOnce('jobs j', 'm.id')}
        WHEN m.id <> '${ENV_ACCOUNT}' THEN ${used('counters c WHERE c.subject = m.id')}
        ELSE ${used("counters c WHERE c.subject = 'gateway'")}
          - ${used(`accounts a CROSS JOIN counters c WHERE a.id <> '${ENV_ACCOUNT}' AND c.subject = a.id`)}
      END,
      m.adds
    FROM account_limit m WHERE m.grain IS NOT NULL
  )`;

/** The relations `limit_usage`, of a caller, and `account_usage`, of the upstream accounts that take jobs. */
export const ALL_USAGE = `WITH ${CALLER_USAGE}, ${OF_ACCOUNTS}`;
export const ACCOUNT_USAGE = `WITH ${OF_ACCOUNTS}`;

/** SQL: the limit has too little left for this submit. */
export const IS_FULL = 'used + adds > max';

/** The values of `account_usage`: what the submit would add, and where it counts. */
type UsageValues = Windows & { holdMicros: number };

/** The values of `limit_usage`, and the key that is presented: that of the browser token, if there is one. */
export type CallerValues = UsageValues & {
  presentedKey: KeyId | '';
  nowMs: number;
  customerId: CustomerId | '';
  keyId: KeyId | '';
  tokenId: KeyId | '';
};

/** Whose limits are read, and when; '' leaves one out. */
type Subject = { customerId: CustomerId | ''; keyId: KeyId | ''; atMs: number };

/** `countsAtMs`: the instant whose windows count. */
export function callerValues(
  { customerId, keyId, tokenId, atMs }: Subject & Pick<Caller, 'tokenId'>,
  holdMicros: number,
  countsAtMs: number = atMs,
): CallerValues {
  const presentedKey = tokenId === '' ? keyId : tokenId;
  return { ...windowsAt(countsAtMs), holdMicros, presentedKey, nowMs: atMs, customerId, keyId, tokenId };
}

export const LIST_USAGE = statement<CallerValues>(
  `WITH ${CALLER_USAGE} SELECT * FROM limit_usage ORDER BY scope, name`,
);

const LIST_USAGE_AND_FILES = statement<CallerValues>(`WITH ${CALLER_USAGE} SELECT * FROM limit_usage
  UNION ALL SELECT s.scope, 'files_bytes', l.value, COALESCE(b.bytes, 0), 0, NULL
    FROM subject s, json_each(s.limits) l LEFT JOIN file_bytes b ON b.subject = s.id WHERE l.key = 'files_bytes'
  ORDER BY scope, name`);

/** SQL: what open jobs hold: the customer's, or those of the browser token alone, which learns nothing of the customer. */
export const HELD_MICROS = `CASE :tokenId
    WHEN '' THEN COALESCE((SELECT held_micros FROM customers WHERE id = :customerId), 0)
    ELSE (SELECT COALESCE(SUM(hold_micros), 0) FROM jobs INDEXED BY holds_of_token
      WHERE token_id = :tokenId AND token_id <> '' AND settled_at_ms IS NULL) END AS held_micros`;

export const READ_HELD = statement<Pick<CallerValues, 'customerId' | 'tokenId'>>(`SELECT ${HELD_MICROS}`);

/** The limits of the gateway, a customer, a key and a browser token, with that of files, which no submit adds to. */
export async function readLimitUsage(
  db: D1Database,
  subject: Subject & Partial<Pick<Caller, 'tokenId'>>,
): Promise<LimitUsage[]> {
  const { results } = await LIST_USAGE_AND_FILES(db, callerValues({ tokenId: '', ...subject }, 0)).all();
  return results.map(limitUsageOf);
}

/** The caller's limits as they stand now. */
export async function readLimitReport(db: D1Database, caller: Caller): Promise<LimitReport> {
  const values = callerValues(caller, 0);
  return reportOf(await db.batch<Record<string, unknown>>([LIST_USAGE(db, values), READ_HELD(db, values)]));
}

/** The report out of the results of LIST_USAGE and READ_HELD. */
export function reportOf([limits, held]: D1Result<Record<string, unknown>>[]): LimitReport {
  return {
    limits: rowsOf(limits).map(limitUsageOf),
    heldMicros: column(held?.results[0], 'held_micros', isNumber),
  };
}

/** A limit of an upstream account that is used up, for the operator. */
export type FullLimit = { id: AccountId; name: LimitName; max: number; used: number };

const LIST_FULL = statement<UsageValues>(
  `${ACCOUNT_USAGE} SELECT id, name, max, used FROM account_usage WHERE used >= max ORDER BY name`,
);

export async function readFullLimits(db: D1Database, atMs: number): Promise<FullLimit[]> {
  const { results } = await LIST_FULL(db, { ...windowsAt(atMs), holdMicros: 0 }).all();
  return results.map((row) => ({
    id: column(row, 'id', isAccountId),
    name: column(row, 'name', isLimitName),
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
  }));
}
