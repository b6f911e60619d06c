// The SQL that tells how full each limit is, of everybody who has limits: gateway, customer, key, browser token and
// upstream account. One relation, so each limit means the same everywhere.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, oneOf, orNull } from '../../lib/guard.ts';
import { isAccountId, type AccountId, type CustomerId, type KeyId } from '../../lib/ids.ts';
import { ENV_ACCOUNT } from '../accounts/account.ts';
import { limitsOf } from '../plans/terms-store.ts';
import { windowsAt } from './windows.ts';

/** Who asks for room, and when. */
export type Caller = { customerId: CustomerId; keyId: KeyId; tokenId: KeyId | ''; atMs: number };

/** How much of one limit is used; `adds` is what this submit would add. */
export type Room = {
  scope: (typeof SCOPES)[number];
  name: string;
  max: number;
  used: number;
  adds: number;
  oldest_ms: number | null;
};

/** How full each limit of a caller is, and what the open holds of customer or token come to, in micro-USD. */
export type Report = { rooms: Room[]; heldMicros: number };

/** Accounts are the operator's secret: no room of theirs is ever listed. */
const SCOPES = ['gateway', 'customer', 'key', 'token'] as const;
export const isScope = oneOf(SCOPES);
const isNumberOrNull = orNull(isNumber);

export function roomOf(row: Row): Room {
  return {
    scope: column(row, 'scope', isScope),
    name: column(row, 'name', isText),
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
    adds: column(row, 'adds', isNumber),
    oldest_ms: column(row, 'oldest_ms', isNumberOrNull),
  };
}

/**
 * SQL: under which subject the jobs of an account are counted, '' for `acct_env`. What that one has used is what the
 * gateway has used and no other account: whoever has one account pays for no further rows.
 */
export function counted(account: string): string {
  return `CASE ${account} WHEN '${ENV_ACCOUNT}' THEN '' ELSE ${account} END`;
}

/** Whose counters a job `j` moves; '' is nobody. */
export const SUBJECTS = `json_each(json_array('gateway', j.customer_id, j.family, j.token_id, ${counted('j.account_id')}))`;

// ?6 hold, ?7 ?8 ?9 first slice, day and month that count.
export const MEASURE = `measure (name, grain, since_ms, adds) AS (
    VALUES ('requests_per_minute', 'slice', ?7, 1), ('requests_per_day', 'day', ?8, 1),
      ('requests_per_month', 'day', ?9, 1), ('requests_total', 'total', 0, 1), ('spend_per_day', 'day', ?8, ?6),
      ('spend_per_month', 'day', ?9, ?6), ('spend_total', 'total', 0, ?6), ('max_concurrent', 'open', 0, 1)
  )`;

/** What counters have of a measure `m`. Days that do not count are not read: their slot is their start. */
export const used = (from: string) => `(
          SELECT COALESCE(SUM(CASE WHEN m.name LIKE 'spend%' THEN c.micros ELSE c.requests END), 0)
          FROM ${from} AND c.grain = m.grain AND c.starts_at_ms >= m.since_ms
            AND c.slot >= CASE m.grain WHEN 'slice' THEN 0 ELSE m.since_ms END)`;

/** Jobs that have ended are not read: the index is named. */
const atOnce = (from: string, whose: string) => `(
          SELECT COUNT(*) FROM ${from} INDEXED BY jobs_at_once
          WHERE j.state IN ('reserved', 'running') AND j.account_id = ${whose})`;
/** The account leads the index, so that it is searched once for each: there are few. */
export const ofCaller = (whose: string) => atOnce('accounts a CROSS JOIN jobs j', `a.id AND ${whose}`);

// ?3 customer, ?4 secret key, ?5 browser token or ''.
const ROOM = `subject (scope, id, limits) AS (
    SELECT 'gateway', 'gateway', limits FROM settings
    UNION ALL SELECT 'customer', id, ${limitsOf('customers')} FROM customers WHERE id = ?3
    UNION ALL SELECT 'key', family, limits FROM keys WHERE id = ?4
    UNION ALL SELECT 'token', id, limits FROM keys WHERE id = ?5
  ), room (scope, name, max, used, adds, oldest_ms) AS (
    SELECT s.scope, m.name, l.value,
      CASE
        WHEN m.grain <> 'open' THEN ${used('counters c WHERE c.subject = s.id')}
        WHEN s.scope = 'gateway' THEN (
          SELECT COUNT(*) FROM jobs j WHERE j.state IN ('reserved', 'running'))
        WHEN s.scope = 'customer' THEN ${ofCaller('j.customer_id = s.id')}
        WHEN s.scope = 'key' THEN ${ofCaller('j.customer_id = ?3 AND j.family = s.id')}
        ELSE ${ofCaller('j.customer_id = ?3 AND j.token_id = s.id')}
      END,
      m.adds,
      CASE WHEN m.grain = 'slice' THEN (
        SELECT MIN(c.starts_at_ms) FROM counters c WHERE c.subject = s.id AND c.grain = 'slice'
          AND c.starts_at_ms >= ?7 AND c.requests > 0)
      END
    FROM subject s, json_each(s.limits) l JOIN measure m ON m.name = l.key
    UNION ALL
    SELECT 'customer', 'balance', balance_micros, held_micros, ?6, NULL FROM customers WHERE id = ?3 AND prepaid = 1
  )`;

const ACCOUNT = `account_room (id, name, max, used, adds) AS (
    SELECT s.id, m.name, l.value,
      CASE
        WHEN m.grain = 'open' THEN ${atOnce('jobs j', 's.id')}
        WHEN s.id <> '${ENV_ACCOUNT}' THEN ${used('counters c WHERE c.subject = s.id')}
        ELSE ${used("counters c WHERE c.subject = 'gateway'")}
          - ${used(`accounts a CROSS JOIN counters c WHERE a.id <> '${ENV_ACCOUNT}' AND c.subject = a.id`)}
      END,
      m.adds
    FROM accounts s, json_each(s.limits) l JOIN measure m ON m.name = l.key WHERE s.status = 'active'
  )`;

/** The relation `room` of a caller, `account_room` of the upstream accounts that take jobs, and both. */
const CALLER_ROOM = `WITH ${MEASURE}, ${ROOM}`;
export const ACCOUNT_ROOM = `WITH ${MEASURE}, ${ACCOUNT}`;
export const ALL_ROOM = `${CALLER_ROOM}, ${ACCOUNT}`;

/** SQL: not all of a limit's room is left for this submit. */
export const IS_FULL = 'used + adds > max';

export const LIST_ROOM = `${CALLER_ROOM} SELECT * FROM room ORDER BY scope, name`;

/** With the limit of files, which no submit meets. */
const LIST_ALL_ROOM = `${CALLER_ROOM} SELECT * FROM room
  UNION ALL SELECT s.scope, 'files_bytes', l.value, COALESCE(b.bytes, 0), 0, NULL
    FROM subject s, json_each(s.limits) l LEFT JOIN file_bytes b ON b.subject = s.id WHERE l.key = 'files_bytes'
  ORDER BY scope, name`;

/** Whose limits are read, and when; '' leaves one out. */
type Subject = { customerId: CustomerId | ''; keyId: KeyId | ''; atMs: number };

/** What each of these relations binds: who calls, what the call would add, and when; `countsAtMs`: where it counts. */
export function roomValues(
  caller: Subject & Pick<Caller, 'tokenId'>,
  holdMicros: number,
  countsAtMs: number = caller.atMs,
): (string | number)[] {
  const { customerId, keyId, tokenId, atMs } = caller;
  const { minuteSinceMs, dayMs, monthMs } = windowsAt(countsAtMs);
  const presented = tokenId === '' ? keyId : tokenId;
  return [presented, atMs, customerId, keyId, tokenId, holdMicros, minuteSinceMs, dayMs, monthMs];
}

/** SQL: what open jobs hold: the customer's, or the token's alone, which learns nothing of the customer. */
export const heldOf = (customer: string, token: string) => `CASE ${token}
    WHEN '' THEN COALESCE((SELECT held_micros FROM customers WHERE id = ${customer}), 0)
    ELSE (SELECT COALESCE(SUM(hold_micros), 0) FROM jobs INDEXED BY holds_of_token
      WHERE token_id = ${token} AND token_id <> '' AND settled_at_ms IS NULL) END AS held_micros`;

export const HELD = `SELECT ${heldOf('?1', '?2')}`;

/** How full the limits of the gateway, a customer, a key and a browser token are, that of files among them. */
export async function readRooms(
  db: D1Database,
  subject: Subject & Partial<Pick<Caller, 'tokenId'>>,
): Promise<Room[]> {
  const { results } = await db
    .prepare(LIST_ALL_ROOM)
    .bind(...roomValues({ tokenId: '', ...subject }, 0))
    .all();
  return results.map(roomOf);
}

/** How the caller's limits stand now. */
export async function readReport(db: D1Database, caller: Caller): Promise<Report> {
  const [rooms, held] = await db.batch<Record<string, unknown>>([
    db.prepare(LIST_ROOM).bind(...roomValues(caller, 0)),
    db.prepare(HELD).bind(caller.customerId, caller.tokenId),
  ]);
  return {
    rooms: rowsOf(rooms).map(roomOf),
    heldMicros: column(held?.results[0], 'held_micros', isNumber),
  };
}

/** A limit of an upstream account that has no room left, for the operator. */
export type FullLimit = { id: AccountId; name: string; max: number; used: number };

export async function readFullLimits(db: D1Database, atMs: number): Promise<FullLimit[]> {
  const { minuteSinceMs, dayMs, monthMs } = windowsAt(atMs);
  const { results } = await db
    .prepare(`${ACCOUNT_ROOM} SELECT id, name, max, used FROM account_room WHERE used >= max ORDER BY name`)
    .bind(null, atMs, null, null, null, 0, minuteSinceMs, dayMs, monthMs)
    .all();
  return results.map((row) => ({
    id: column(row, 'id', isAccountId),
    name: column(row, 'name', isText),
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
  }));
}
