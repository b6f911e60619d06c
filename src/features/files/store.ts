// The rows of files. One batch reserves a file if key and customer are live and every limit has room for its bytes. Its state
// becomes `stored` when R2 has all bytes, and `gone` when nobody may read it any more; the row is deleted after the bytes.

import { auditEntry, type Change } from '../audit/store.ts';
import type { LimitUsage } from '../ledger/limit-usage.ts';
import { isScope } from '../ledger/limit-usage-store.ts';
import { LIVE_KEY } from '../ledger/store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { limitsOf } from '../plans/terms-store.ts';
import { presentedKey, type Principal, type Sphere } from '../keys/principal.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import {
  isCustomerId,
  isFileId,
  isKeyId,
  isTokenId,
  type CustomerId,
  type FileId,
  type KeyId,
} from '../../lib/ids.ts';
import type { StoredFile } from './file.ts';

/** The limit of a browser token without one of its own: a video and some pictures. */
const TOKEN_BYTES = 250_000_000;

function fileOf(row: Row): StoredFile {
  const width = column(row, 'width', orNull(isNumber));
  const height = column(row, 'height', orNull(isNumber));
  return {
    id: column(row, 'id', isFileId),
    secret: column(row, 'secret', isText),
    customerId: column(row, 'customer_id', isCustomerId),
    family: column(row, 'family', isKeyId),
    tokenId: column(row, 'token_id', isTokenId),
    endUser: column(row, 'end_user', isText),
    name: column(row, 'name', isText),
    contentType: column(row, 'content_type', isText),
    bytes: column(row, 'bytes', isNumber),
    sides: width === null || height === null ? null : { width, height },
    createdAtMs: column(row, 'created_at_ms', isNumber),
    expiresAtMs: column(row, 'expires_at_ms', isNumber),
  };
}

type Owner = { customerId: CustomerId; keyId: KeyId; tokenId: KeyId | '' };

const FILES_USAGE = `WITH subject (scope, id, max) AS (
    SELECT 'gateway', 'gateway', limits ->> 'files_bytes' FROM settings
    UNION ALL SELECT 'customer', id, (${limitsOf('customers')}) ->> 'files_bytes' FROM customers WHERE id = :customerId
    UNION ALL SELECT 'key', family, limits ->> 'files_bytes' FROM keys WHERE id = :keyId
    UNION ALL SELECT 'token', id, COALESCE(limits ->> 'files_bytes', ${TOKEN_BYTES}) FROM keys WHERE id = :tokenId
  ), files_usage (scope, max, used) AS (
    SELECT s.scope, s.max, COALESCE(b.bytes, 0) FROM subject s LEFT JOIN file_bytes b ON b.subject = s.id
    WHERE s.max IS NOT NULL
  )`;

type Caller = { presentedKey: KeyId; customerId: CustomerId; nowMs: number };

type InsertValues = Owner &
  Caller &
  Omit<NewFile, 'sides'> & { endUser: string; width: number | null; height: number | null };

const INSERT = statement<InsertValues>(
  `${FILES_USAGE}
  INSERT INTO files (id, secret, customer_id, family, token_id, end_user, name, content_type, bytes, width, height, state,
    created_at_ms, expires_at_ms, due_at_ms)
  SELECT :id, :secret, :customerId, p.family, :tokenId, :endUser, :name, :contentType, :bytes, :width, :height,
    'reserved', :nowMs, :nowMs + (SELECT files_days FROM settings) * ${DAY_MS}, :dueAtMs
  ${LIVE_KEY} AND k.customer_id = :customerId AND p.id = :keyId
    AND EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND status = 'active')
    AND NOT EXISTS (SELECT 1 FROM files_usage WHERE used + :bytes > max) RETURNING *`,
);

const STANDING = statement<Caller>(
  `SELECT EXISTS (SELECT 1 ${LIVE_KEY}) AS key_live,
     EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND status = 'active') AS customer_active`,
);

const LIST_USAGE = statement<Owner>(`${FILES_USAGE} SELECT scope, max, used FROM files_usage`);

export type NewFile = Pick<StoredFile, 'id' | 'secret' | 'name' | 'contentType' | 'bytes' | 'sides'> & {
  createdAtMs: number;
  /** The cron deletes the file if its upload is not confirmed by then. */
  dueAtMs: number;
};

/** `file` is null if it was refused: the key is dead, the customer is suspended, or one of `limits` is full. */
export type Reservation = {
  file: StoredFile | null;
  isKeyLive: boolean;
  isCustomerActive: boolean;
  limits: LimitUsage[];
};

export async function reserveFile(db: D1Database, owner: Principal, file: NewFile): Promise<Reservation> {
  const { customerId, keyId, tokenId, endUser } = owner;
  const { sides, ...rest } = file;
  const values = {
    ...rest,
    presentedKey: presentedKey(owner),
    customerId,
    keyId,
    tokenId,
    endUser,
    width: sides?.width ?? null,
    height: sides?.height ?? null,
    nowMs: file.createdAtMs,
  };
  const [inserted, standing, limits] = await db.batch<Record<string, unknown>>([
    INSERT(db, values),
    STANDING(db, values),
    LIST_USAGE(db, values),
  ]);
  const [row] = rowsOf(inserted);
  const stands = rowsOf(standing)[0];
  return {
    file: row === undefined ? null : fileOf(row),
    isKeyLive: column(stands, 'key_live', isNumber) === 1,
    isCustomerActive: column(stands, 'customer_active', isNumber) === 1,
    limits: rowsOf(limits).map((limit) => limitUsageOf(limit, file.bytes)),
  };
}

function limitUsageOf(row: Row, adds: number): LimitUsage {
  return {
    scope: column(row, 'scope', isScope),
    name: 'files_bytes',
    max: column(row, 'max', isNumber),
    used: column(row, 'used', isNumber),
    adds,
    oldestMs: null,
  };
}

const MARK_STORED = statement<{ id: FileId }>(
  `UPDATE files SET state = 'stored', due_at_ms = expires_at_ms WHERE id = :id AND state <> 'gone' RETURNING id`,
);

/** R2 has all bytes of the reserved file. False: the file is gone. A repeated call returns the same. */
export async function markStored(db: D1Database, id: FileId): Promise<boolean> {
  return (await MARK_STORED(db, { id }).first()) !== null;
}

const SERVED = statement<{ secret: string; nowMs: number }>(
  `SELECT * FROM files WHERE secret = :secret AND state = 'stored' AND expires_at_ms > :nowMs`,
);

/** The file of a URL; null without a readable one. */
export async function findServed(
  db: D1Database,
  url: { secret: string; nowMs: number },
): Promise<StoredFile | null> {
  const row = await SERVED(db, url).first();
  return row === null ? null : fileOf(row);
}

const BY_SECRET = statement<{ secrets: string; customerId: CustomerId; nowMs: number }>(
  `SELECT f.* FROM json_each(:secrets) s CROSS JOIN files f ON f.secret = s.value
   WHERE f.customer_id = :customerId AND f.state = 'stored' AND f.expires_at_ms > :nowMs`,
);

/** The files of the customer with these secrets. */
export async function readBySecret(
  db: D1Database,
  { secrets, customerId, nowMs }: { secrets: string[]; customerId: CustomerId; nowMs: number },
): Promise<StoredFile[]> {
  const { results } = await BY_SECRET(db, { secrets: JSON.stringify(secrets), customerId, nowMs }).all();
  return results.map(fileOf);
}

type FilePage = { beforeMs: number; beforeId: string; limit: number };

const IN_SPHERE = `customer_id = :customerId AND (:tokenId = '' OR token_id = :tokenId)
  AND (:endUser = '' OR end_user = :endUser) AND state = 'stored' AND expires_at_ms > :nowMs`;

const LIST = statement<Sphere & FilePage & { nowMs: number }>(
  `SELECT * FROM files WHERE ${IN_SPHERE} AND (created_at_ms, id) < (:beforeMs, :beforeId)
   ORDER BY created_at_ms DESC, id DESC LIMIT :limit`,
);

/** A page of the files in this sphere, newest first. */
export async function readFiles(
  db: D1Database,
  sphere: Sphere,
  { nowMs, page }: { nowMs: number; page: FilePage },
): Promise<StoredFile[]> {
  const { results } = await LIST(db, { ...sphere, ...page, nowMs }).all();
  return results.map(fileOf);
}

const MARK_OWN_GONE = statement<Sphere & { id: string; nowMs: number }>(
  `UPDATE files SET state = 'gone', due_at_ms = :nowMs WHERE id = :id AND ${IN_SPHERE} RETURNING id`,
);

/** Marks a file of this sphere, so that nobody gets it any more; null without such a file. */
export async function markOwnGone(db: D1Database, sphere: Sphere, change: Change): Promise<FileId | null> {
  const [marked] = await db.batch<Record<string, unknown>>([
    MARK_OWN_GONE(db, { ...sphere, id: change.object, nowMs: change.atMs }),
    ...auditEntry(db, change),
  ]);
  const [row] = rowsOf(marked);
  return row === undefined ? null : column(row, 'id', isFileId);
}

const MARK_GONE = statement<{ id: FileId; nowMs: number }>(
  `UPDATE files SET state = 'gone', due_at_ms = :nowMs WHERE id = :id`,
);

/** Marks the file of a failed upload. A confirmation that arrives later does not bring it back. */
export async function markGone(db: D1Database, id: FileId, nowMs: number): Promise<void> {
  await MARK_GONE(db, { id, nowMs }).run();
}

const MARK_DUE_GONE = statement<{ nowMs: number; limit: number }>(
  `UPDATE files SET state = 'gone' WHERE id IN (
     SELECT id FROM files WHERE due_at_ms <= :nowMs ORDER BY due_at_ms, id LIMIT :limit) RETURNING id`,
);

/** Marks up to `limit` files that are due; the longest due come first. */
export async function markDueGone(
  db: D1Database,
  sweep: { nowMs: number; limit: number },
): Promise<FileId[]> {
  const { results } = await MARK_DUE_GONE(db, sweep).all();
  return results.map((row) => column(row, 'id', isFileId));
}

const DELETE_GONE = statement<{ ids: string }>(
  `DELETE FROM files WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'gone'`,
);

/** Deletes the rows of marked files, and so frees their bytes under every limit. */
export async function deleteGone(db: D1Database, ids: FileId[]): Promise<void> {
  await DELETE_GONE(db, { ids: JSON.stringify(ids) }).run();
}
