// The operator's rows of accounts with their sealed tokens, and the instant at which the present vault key was first seen.
// Tokens arrive here sealed, and nothing here can open one.

import { audited, auditEntry, stateOf, type Change } from '../audit/store.ts';
import type { LimitsPatch } from '../ledger/limits.ts';
import { column, type Row } from '../../storage/column.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { isAccountId, type AccountId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import type { Page } from '../../storage/page.ts';
import { statement } from '../../storage/statement.ts';
import { accountOf } from './account-store.ts';
import { ENV_ACCOUNT, type AccountState, type SettableStatus, type UpstreamAccount } from './account.ts';

/** An account with the number of its open jobs. */
export type BusyAccount = UpstreamAccount & { openJobs: number };

const OPEN_JOBS = `(SELECT COUNT(*) FROM jobs j
  WHERE j.check_at_ms IS NOT NULL AND j.settled_at_ms IS NULL AND j.account_id = accounts.id
    AND j.state IN ('reserved', 'running', 'unconfirmed')) AS open_jobs`;

function busyAccountOf(row: Row): BusyAccount {
  return { ...accountOf(row), openJobs: column(row, 'open_jobs', isNumber) };
}

const READ_PAGE = statement<Page>(
  `SELECT *, ${OPEN_JOBS} FROM accounts WHERE status <> 'deleted' AND (created_at_ms, id) > (:afterMs, :afterId)
   ORDER BY created_at_ms, id LIMIT :limit`,
);

/** A page of the accounts that are not deleted, oldest first. */
export async function readAccounts(db: D1Database, page: Page): Promise<BusyAccount[]> {
  const { results } = await READ_PAGE(db, page).all();
  return results.map(busyAccountOf);
}

const FIND = statement<{ id: string }>(`SELECT *, ${OPEN_JOBS} FROM accounts WHERE id = :id`);

/** Finds deleted accounts too: jobs refer to them. */
export async function findBusyAccount(db: D1Database, id: string): Promise<BusyAccount | null> {
  const row = await FIND(db, { id }).first();
  return row === null ? null : busyAccountOf(row);
}

/** A token as it is stored, and RunComfy's answer about it. */
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

type TokenValues = Omit<SealedToken, 'verified'> & { verified: number; atMs: number };

const INSERT = statement<Omit<NewAccount, 'limits' | 'token'> & { limits: string } & TokenValues>(
  `INSERT INTO accounts (id, label, status, priority, limits, created_at_ms, sealed, vault_key_id, hint, verified,
     state, since_ms, balance_micros, balance_at_ms, balance_check_at_ms)
   VALUES (:id, :label, :status, :priority, json_patch('{}', :limits), :atMs, :sealed, :keyId, :hint, :verified,
     :state, :atMs, :balanceMicros, CASE WHEN :balanceMicros IS NULL THEN NULL ELSE :atMs END, 0)
   RETURNING *, 0 AS open_jobs`,
);

export async function insertAccount(
  db: D1Database,
  { limits, token, ...terms }: NewAccount,
  change: Change,
): Promise<BusyAccount> {
  const values = { ...terms, limits: JSON.stringify(limits), ...tokenValues(token, change) };
  const [inserted] = await db.batch<Row>([INSERT(db, values), ...auditEntry(db, change, STATE)]);
  return busyAccountOf(inserted?.results[0]);
}

function tokenValues(token: SealedToken, { atMs }: Change): TokenValues {
  return { ...token, verified: Number(token.verified), atMs };
}

/** An absent member is left as it is. */
export type AccountPatch = {
  label?: string | undefined;
  status?: SettableStatus | undefined;
  priority?: number | undefined;
  limits?: LimitsPatch | undefined;
};

type TermValues = {
  id: string;
  label: string | null;
  status: SettableStatus | null;
  priority: number | null;
  limits: string;
};

const TERMS = `label = COALESCE(:label, label), status = COALESCE(:status, status),
  priority = COALESCE(:priority, priority), limits = json_patch(limits, :limits)`;

/** Resets everything that was learnt with the token before. */
const NEW_TOKEN = `sealed = :sealed, vault_key_id = :keyId, hint = :hint, verified = :verified, state = :state,
  since_ms = :atMs, balance_micros = :balanceMicros,
  balance_at_ms = CASE WHEN :balanceMicros IS NULL THEN NULL ELSE :atMs END, balance_check_at_ms = 0,
  silent_since_ms = 0, silent_for = '[]', probe_at_ms = 0, busy_until_ms = 0, last_error = NULL, last_error_at_ms = NULL`;

const PATCHED = `WHERE id = :id AND status <> 'deleted' RETURNING *, ${OPEN_JOBS}`;
const PATCH_TERMS = statement<TermValues>(`UPDATE accounts SET ${TERMS} ${PATCHED}`);
const PATCH_ALL = statement<TermValues & TokenValues>(
  `UPDATE accounts SET ${TERMS}, ${NEW_TOKEN} ${PATCHED}`,
);

/** Changes an account in one statement. Null: there is no such account, or it is deleted. */
export async function patchAccount(
  db: D1Database,
  id: string,
  { patch, token, change }: { patch: AccountPatch; token: SealedToken | null; change: Change },
): Promise<BusyAccount | null> {
  const { label = null, status = null, priority = null, limits = {} } = patch;
  const terms = { id, label, status, priority, limits: JSON.stringify(limits) };
  const update =
    token === null ? PATCH_TERMS(db, terms) : PATCH_ALL(db, { ...terms, ...tokenValues(token, change) });
  const { before, behind } = audited(db, change, STATE);
  const [, updated] = await db.batch<Row>([...before, update, ...behind]);
  const row = updated?.results[0];
  return row === undefined || row === null ? null : busyAccountOf(row);
}

/** True of jobs that still have to be read: all that are not settled, and those whose cost is not known. */
const UNSETTLED = `EXISTS (SELECT 1 FROM jobs
  WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL AND account_id = :id)`;

const WIPE = statement<{ id: string }>(
  `UPDATE accounts SET status = 'deleted', sealed = NULL, vault_key_id = NULL, hint = '', verified = 0
   WHERE id = :id AND id <> '${ENV_ACCOUNT}' AND status <> 'deleted' AND NOT ${UNSETTLED}`,
);
const READ_STATUS = statement<{ id: string }>('SELECT status FROM accounts WHERE id = :id');

/**
 * Wipes the token and marks the row in the statement that looks for open jobs: a submit that the gate admits before it
 * keeps the account, a later one finds it deleted. The row stays, because jobs refer to it.
 */
export async function wipeAccount(
  db: D1Database,
  id: string,
  change: Change,
): Promise<'deleted' | 'missing' | 'in use'> {
  const { before, behind } = audited(db, change, STATE);
  const results = await db.batch<Row>([...before, WIPE(db, { id }), ...behind, READ_STATUS(db, { id })]);
  const row = results.at(-1)?.results[0];
  if (results[before.length]?.meta.changes === 1 || row?.['status'] === 'deleted') {
    return 'deleted';
  }
  return row === undefined ? 'missing' : 'in use';
}

/** A sealed token and the account whose row holds it. */
export type SealedRow = { id: AccountId; sealed: string };

const READ_SEALED_BY = statement<{ keyId: string; limit: number }>(
  `SELECT id, sealed FROM accounts WHERE vault_key_id = :keyId AND sealed IS NOT NULL ORDER BY id LIMIT :limit`,
);

/** Some of the tokens that this key sealed. */
export async function readSealedBy(db: D1Database, keyId: string, limit: number): Promise<SealedRow[]> {
  const { results } = await READ_SEALED_BY(db, { keyId, limit }).all();
  return results.map((row) => ({
    id: column(row, 'id', isAccountId),
    sealed: column(row, 'sealed', isText),
  }));
}

export type Resealed = SealedRow & { resealed: string };

const PUT_RESEALED = statement<{ rows: string; keyId: string }>(
  `UPDATE accounts SET sealed = new.value ->> 'resealed', vault_key_id = :keyId FROM json_each(:rows) new
   WHERE accounts.id = new.value ->> 'id' AND accounts.sealed = new.value ->> 'sealed'`,
);
const COUNT_OTHERS = statement<{ keyId: string }>(
  `SELECT COUNT(*) AS others FROM accounts WHERE sealed IS NOT NULL AND vault_key_id <> :keyId`,
);

/**
 * Replaces sealed tokens by their resealed forms; a token that changed meanwhile stays. Returns how many were replaced,
 * and how many are still sealed by another key than `keyId`.
 */
export async function putResealed(
  db: D1Database,
  rows: Resealed[],
  { keyId, change }: { keyId: string; change: Change },
): Promise<{ rewrapped: number; left: number }> {
  const results = await db.batch<Row>([
    PUT_RESEALED(db, { rows: JSON.stringify(rows), keyId }),
    ...auditEntry(db, change),
    COUNT_OTHERS(db, { keyId }),
  ]);
  const left = column(results.at(-1)?.results[0], 'others', isNumber);
  return { rewrapped: results[0]?.meta.changes ?? 0, left };
}

const NOTE_VAULT_KEY = statement<{ keyId: string; nowMs: number }>(
  `INSERT INTO vault (id, key_id, seen_at_ms) VALUES (1, :keyId, :nowMs)
   ON CONFLICT DO UPDATE SET key_id = excluded.key_id, seen_at_ms = excluded.seen_at_ms
   WHERE key_id <> excluded.key_id`,
);

/** Records the present vault key if it has changed; returns when it was first seen. */
export async function noteVaultKey(db: D1Database, keyId: string, nowMs: number): Promise<number> {
  const [, seen] = await db.batch<Row>([
    NOTE_VAULT_KEY(db, { keyId, nowMs }),
    db.prepare('SELECT seen_at_ms FROM vault'),
  ]);
  return column(seen?.results[0], 'seen_at_ms', isNumber);
}
