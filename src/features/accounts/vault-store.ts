// Accounts as the operator keeps them, with their sealed tokens, and since when the key that seals is known. Tokens come
// here sealed; nothing here can open one.

import { audited, auditEntry, stateOf, type Change } from '../audit/store.ts';
import type { LimitsPatch } from '../ledger/limits.ts';
import { column, type Row } from '../../storage/column.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { isAccountId, type AccountId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { Page } from '../../storage/page.ts';
import { accountOf } from './account-store.ts';
import { ENV_ACCOUNT, type AccountState, type SettableStatus, type UpstreamAccount } from './account.ts';

/** An account and how many jobs are open on it. */
export type BusyAccount = UpstreamAccount & { openJobs: number };

const OPEN_JOBS = `(SELECT COUNT(*) FROM jobs j
  WHERE j.check_at_ms IS NOT NULL AND j.settled_at_ms IS NULL AND j.account_id = accounts.id
    AND j.state IN ('reserved', 'running', 'unconfirmed')) AS open_jobs`;

function busyAccountOf(row: Row): BusyAccount {
  return { ...accountOf(row), openJobs: column(row, 'open_jobs', isNumber) };
}

/** A page of the accounts that are not deleted, oldest first. */
export async function readAccounts(db: D1Database, page: Page): Promise<BusyAccount[]> {
  const { results } = await db
    .prepare(
      `SELECT *, ${OPEN_JOBS} FROM accounts WHERE status <> 'deleted' AND (created_at_ms, id) > (?1, ?2)
       ORDER BY created_at_ms, id LIMIT ?3`,
    )
    .bind(page.afterMs, page.afterId, page.limit)
    .all();
  return results.map(busyAccountOf);
}

/** One that was deleted is found too: jobs name it. */
export async function findBusyAccount(db: D1Database, id: string): Promise<BusyAccount | null> {
  const row = await db.prepare(`SELECT *, ${OPEN_JOBS} FROM accounts WHERE id = ?1`).bind(id).first();
  return row === null ? null : busyAccountOf(row);
}

/** What is stored of a token, and what RunComfy said of it. */
export type SealedToken = {
  sealed: string;
  keyId: string;
  hint: string;
  verified: boolean;
  state: AccountState;
  balanceMicros: Micros | null;
};

type NewAccount = {
  id: AccountId;
  label: string;
  status: SettableStatus;
  priority: number;
  limits: LimitsPatch;
  token: SealedToken;
};

/** An account as the audit shows it. */
const STATE = stateOf(
  'accounts',
  "'label', label, 'status', status, 'priority', priority, 'limits', json(limits)",
);

export async function insertAccount(
  db: D1Database,
  { id, label, status, priority, limits, token }: NewAccount,
  change: Change,
): Promise<BusyAccount> {
  const [inserted] = await db.batch<Row>([
    db
      .prepare(
        `INSERT INTO accounts (id, label, status, priority, limits, created_at_ms, sealed, vault_key_id, hint, verified,
           state, since_ms, balance_micros, balance_at_ms, balance_check_at_ms)
         VALUES (?1, ?2, ?3, ?4, json_patch('{}', ?5), ?6, ?7, ?8, ?9, ?10, ?11, ?6, ?12,
           CASE WHEN ?12 IS NULL THEN NULL ELSE ?6 END, 0) RETURNING *, 0 AS open_jobs`,
      )
      .bind(
        id,
        label,
        status,
        priority,
        JSON.stringify(limits),
        change.atMs,
        token.sealed,
        token.keyId,
        token.hint,
        token.verified ? 1 : 0,
        token.state,
        token.balanceMicros,
      ),
    ...auditEntry(db, change, STATE),
  ]);
  return busyAccountOf(inserted?.results[0]);
}

/** Absent keeps. */
export type AccountPatch = {
  label?: string | undefined;
  status?: SettableStatus | undefined;
  priority?: number | undefined;
  limits?: LimitsPatch | undefined;
};

// What was learnt of the token before goes with it.
const NEW_TOKEN = `sealed = ?6, vault_key_id = ?7, hint = ?8, verified = ?9, state = ?10, since_ms = ?11,
  balance_micros = ?12, balance_at_ms = CASE WHEN ?12 IS NULL THEN NULL ELSE ?11 END, balance_check_at_ms = 0,
  silent_since_ms = 0, silent_for = '[]', probe_at_ms = 0, busy_until_ms = 0, last_error = NULL, last_error_at_ms = NULL`;

const TERMS = `label = COALESCE(?2, label), status = COALESCE(?3, status), priority = COALESCE(?4, priority),
  limits = json_patch(limits, ?5)`;

/** Changes an account in one statement. Null where there is none, or it is deleted. */
export async function patchAccount(
  db: D1Database,
  id: string,
  { patch, token, change }: { patch: AccountPatch; token: SealedToken | null; change: Change },
): Promise<BusyAccount | null> {
  const terms = [
    id,
    patch.label ?? null,
    patch.status ?? null,
    patch.priority ?? null,
    JSON.stringify(patch.limits ?? {}),
  ];
  const update =
    token === null
      ? db
          .prepare(
            `UPDATE accounts SET ${TERMS} WHERE id = ?1 AND status <> 'deleted' RETURNING *, ${OPEN_JOBS}`,
          )
          .bind(...terms)
      : db
          .prepare(
            `UPDATE accounts SET ${TERMS}, ${NEW_TOKEN} WHERE id = ?1 AND status <> 'deleted'
             RETURNING *, ${OPEN_JOBS}`,
          )
          .bind(
            ...terms,
            token.sealed,
            token.keyId,
            token.hint,
            token.verified ? 1 : 0,
            token.state,
            change.atMs,
            token.balanceMicros,
          );
  const { before, behind } = audited(db, change, STATE);
  const [, updated] = await db.batch<Row>([...before, update, ...behind]);
  const row = updated?.results[0];
  return row === undefined || row === null ? null : busyAccountOf(row);
}

// Jobs that somebody still has to read: all that are not settled, those that wait for their cost included.
const UNSETTLED = `EXISTS (SELECT 1 FROM jobs
  WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL AND account_id = ?1)`;

/**
 * Wipes the token and marks the row, in the one statement that looks for open jobs: a submit that the gate admits before
 * it keeps the account, and one behind it finds it deleted. The row stays, because jobs refer to it.
 */
export async function wipeAccount(
  db: D1Database,
  id: string,
  change: Change,
): Promise<'deleted' | 'missing' | 'in use'> {
  const { before, behind } = audited(db, change, STATE);
  const results = await db.batch<Row>([
    ...before,
    db
      .prepare(
        `UPDATE accounts SET status = 'deleted', sealed = NULL, vault_key_id = NULL, hint = '', verified = 0
         WHERE id = ?1 AND id <> '${ENV_ACCOUNT}' AND status <> 'deleted' AND NOT ${UNSETTLED}`,
      )
      .bind(id),
    ...behind,
    db.prepare('SELECT status FROM accounts WHERE id = ?1').bind(id),
  ]);
  const row = results.at(-1)?.results[0];
  if (results[before.length]?.meta.changes === 1 || row?.['status'] === 'deleted') {
    return 'deleted';
  }
  return row === undefined ? 'missing' : 'in use';
}

/** A sealed text and the row that it lies in. */
export type SealedRow = { id: AccountId; sealed: string };

/** Some of the tokens that this key sealed. */
export async function readSealedBy(db: D1Database, keyId: string, limit: number): Promise<SealedRow[]> {
  const { results } = await db
    .prepare(
      'SELECT id, sealed FROM accounts WHERE vault_key_id = ?1 AND sealed IS NOT NULL ORDER BY id LIMIT ?2',
    )
    .bind(keyId, limit)
    .all();
  return results.map((row) => ({
    id: column(row, 'id', isAccountId),
    sealed: column(row, 'sealed', isText),
  }));
}

export type Resealed = SealedRow & { resealed: string };

/**
 * Puts texts that were sealed anew in the place of those that they were made from; a token that was replaced meanwhile
 * stays. Tells how many were put, and how many another key than `keyId` still seals.
 */
export async function putResealed(
  db: D1Database,
  rows: Resealed[],
  { keyId, change }: { keyId: string; change: Change },
): Promise<{ rewrapped: number; left: number }> {
  const results = await db.batch<Row>([
    db
      .prepare(
        `UPDATE accounts SET sealed = new.value ->> 'resealed', vault_key_id = ?2 FROM json_each(?1) new
         WHERE accounts.id = new.value ->> 'id' AND accounts.sealed = new.value ->> 'sealed'`,
      )
      .bind(JSON.stringify(rows), keyId),
    ...auditEntry(db, change),
    db
      .prepare('SELECT COUNT(*) AS others FROM accounts WHERE sealed IS NOT NULL AND vault_key_id <> ?1')
      .bind(keyId),
  ]);
  const left = column(results.at(-1)?.results[0], 'others', isNumber);
  return { rewrapped: results[0]?.meta.changes ?? 0, left };
}

/** Notes the key that seals, if it is another one than before; returns since when it is known. */
export async function noteVaultKey(db: D1Database, keyId: string, nowMs: number): Promise<number> {
  const [, seen] = await db.batch<Row>([
    db
      .prepare(
        `INSERT INTO vault (id, key_id, seen_at_ms) VALUES (1, ?1, ?2)
         ON CONFLICT DO UPDATE SET key_id = excluded.key_id, seen_at_ms = excluded.seen_at_ms
         WHERE key_id <> excluded.key_id`,
      )
      .bind(keyId, nowMs),
    db.prepare('SELECT seen_at_ms FROM vault'),
  ]);
  return column(seen?.results[0], 'seen_at_ms', isNumber);
}
