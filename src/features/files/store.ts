// The rows of files. A file is reserved in one batch if key and customer are live and every limit has room for its
// bytes; it is stored once R2 has them all; one that is gone leaves its row when R2 has forgotten it.

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

/** What a browser token may store that has no limit of its own: a video and some pictures. */
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

const FILES_USAGE = `WITH subject (scope, id, max) AS (
    SELECT 'gateway', 'gateway', limits ->> 'files_bytes' FROM settings
    UNION ALL SELECT 'customer', id, (${limitsOf('customers')}) ->> 'files_bytes' FROM customers WHERE id = :customerId
    UNION ALL SELECT 'key', family, limits ->> 'files_bytes' FROM keys WHERE id = :keyId
    UNION ALL SELECT 'token', id, COALESCE(limits ->> 'files_bytes', ${TOKEN_BYTES}) FROM keys WHERE id = :tokenId
  ), files_usage (scope, max, used) AS (
    SELECT s.scope, s.max, COALESCE(b.bytes, 0) FROM subject s LEFT JOIN file_bytes b ON b.subject = s.id
    WHERE s.max IS NOT NULL
  )`;

type OwnerValues = Pick<Principal, 'customerId' | 'keyId' | 'tokenId'> & {
  presentedKey: KeyId;
  nowMs: number;
};

type FileValues = OwnerValues & {
  id: FileId;
  secret: string;
  endUser: string;
  name: string;
  contentType: string;
  bytes: number;
  width: number | null;
  height: number | null;
  dueAtMs: number;
};

const INSERT = statement<FileValues>(`${FILES_USAGE}
  INSERT INTO files (id, secret, customer_id, family, token_id, end_user, name, content_type, bytes, width, height, state,
    created_at_ms, expires_at_ms, due_at_ms)
  SELECT :id, :secret, :customerId, p.family, :tokenId, :endUser, :name, :contentType, :bytes, :width, :height,
    'reserved', :nowMs, :nowMs + (SELECT files_days FROM settings) * ${DAY_MS}, :dueAtMs
  ${LIVE_KEY} AND k.customer_id = :customerId AND p.id = :keyId
    AND EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND status = 'active')
    AND NOT EXISTS (SELECT 1 FROM files_usage WHERE used + :bytes > max) RETURNING *`);

const READ_STANDING = statement<OwnerValues>(`SELECT EXISTS (SELECT 1 ${LIVE_KEY}) AS key_live,
  EXISTS (SELECT 1 FROM customers WHERE id = :customerId AND status = 'active') AS customer_active`);

const LIST_USAGE = statement<OwnerValues>(`${FILES_USAGE} SELECT scope, max, used FROM files_usage`);

export type NewFile = Pick<StoredFile, 'id' | 'secret' | 'name' | 'contentType' | 'bytes' | 'sides'> & {
  createdAtMs: number;
  /** When the cron gives up on its bytes. */
  dueAtMs: number;
};

/** `file` is null where it was refused: its key is dead, its customer suspended, or one of `limits` is full. */
export type Reservation = {
  file: StoredFile | null;
  isKeyLive: boolean;
  isCustomerActive: boolean;
  limits: LimitUsage[];
};

export async function reserveFile(db: D1Database, owner: Principal, file: NewFile): Promise<Reservation> {
  const { customerId, keyId, tokenId, endUser } = owner;
  const { id, secret, name, contentType, bytes, sides, dueAtMs } = file;
  const caller = { customerId, keyId, tokenId, presentedKey: presentedKey(owner), nowMs: file.createdAtMs };
  const [inserted, standing, limits] = await db.batch<Record<string, unknown>>([
    INSERT(db, {
      ...caller,
      id,
      secret,
      endUser,
      name,
      contentType,
      bytes,
      width: sides?.width ?? null,
      height: sides?.height ?? null,
      dueAtMs,
    }),
    READ_STANDING(db, caller),
    LIST_USAGE(db, caller),
  ]);
  const [row] = rowsOf(inserted);
  const stands = rowsOf(standing)[0];
  return {
    file: row === undefined ? null : fileOf(row),
    isKeyLive: column(stands, 'key_live', isNumber) === 1,
    isCustomerActive: column(stands, 'customer_active', isNumber) === 1,
    limits: rowsOf(limits).map((limit) => limitUsageOf(limit, bytes)),
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

/** R2 has all bytes of a reserved file; false where it is gone by now. Repeated, it says the same. */
export async function markStored(db: D1Database, id: FileId): Promise<boolean> {
  const stored = await db
    .prepare(
      `UPDATE files SET state = 'stored', due_at_ms = expires_at_ms WHERE id = ?1 AND state <> 'gone' RETURNING id`,
    )
    .bind(id)
    .first();
  return stored !== null;
}

/** Of whoever has the URL; null where there is none that may be read. */
export async function findServed(
  db: D1Database,
  { secret, nowMs }: { secret: string; nowMs: number },
): Promise<StoredFile | null> {
  const row = await db
    .prepare(`SELECT * FROM files WHERE secret = ?1 AND state = 'stored' AND expires_at_ms > ?2`)
    .bind(secret, nowMs)
    .first();
  return row === null ? null : fileOf(row);
}

/** Those of a customer that these secrets lead to. */
export async function readBySecret(
  db: D1Database,
  { secrets, customerId, nowMs }: { secrets: string[]; customerId: CustomerId; nowMs: number },
): Promise<StoredFile[]> {
  const { results } = await db
    .prepare(
      `SELECT f.* FROM json_each(?1) s CROSS JOIN files f ON f.secret = s.value
       WHERE f.customer_id = ?2 AND f.state = 'stored' AND f.expires_at_ms > ?3`,
    )
    .bind(JSON.stringify(secrets), customerId, nowMs)
    .all();
  return results.map(fileOf);
}

// ?1 customer, ?2 browser token or '', ?3 end user or ''.
const OWN = `customer_id = ?1 AND (?2 = '' OR token_id = ?2) AND (?3 = '' OR end_user = ?3) AND state = 'stored'
  AND expires_at_ms > ?4`;

/** A page of the files that this sphere holds, newest first, from before `before`. */
export async function readFiles(
  db: D1Database,
  { customerId, tokenId, endUser }: Sphere,
  { nowMs, page }: { nowMs: number; page: { beforeMs: number; beforeId: string; limit: number } },
): Promise<StoredFile[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM files WHERE ${OWN} AND (created_at_ms, id) < (?5, ?6)
       ORDER BY created_at_ms DESC, id DESC LIMIT ?7`,
    )
    .bind(customerId, tokenId, endUser, nowMs, page.beforeMs, page.beforeId, page.limit)
    .all();
  return results.map(fileOf);
}

/** From now on nobody gets it; null where this sphere holds no such file. */
export async function markOwnGone(
  db: D1Database,
  { customerId, tokenId, endUser }: Sphere,
  change: Change,
): Promise<FileId | null> {
  const [marked] = await db.batch<Record<string, unknown>>([
    db
      .prepare(`UPDATE files SET state = 'gone', due_at_ms = ?4 WHERE id = ?5 AND ${OWN} RETURNING id`)
      .bind(customerId, tokenId, endUser, change.atMs, change.object),
    ...auditEntry(db, change),
  ]);
  const [row] = rowsOf(marked);
  return row === undefined ? null : column(row, 'id', isFileId);
}

/** The file of an upload that failed: whatever of it is or will be confirmed, nobody gets it. */
export async function markGone(db: D1Database, id: FileId, nowMs: number): Promise<void> {
  await db.prepare(`UPDATE files SET state = 'gone', due_at_ms = ?2 WHERE id = ?1`).bind(id, nowMs).run();
}

/** Takes up to `limit` files that are due out of everybody's sight, those that were due first. */
export async function markDueGone(
  db: D1Database,
  { nowMs, limit }: { nowMs: number; limit: number },
): Promise<FileId[]> {
  const { results } = await db
    .prepare(
      `UPDATE files SET state = 'gone' WHERE id IN (
         SELECT id FROM files WHERE due_at_ms <= ?1 ORDER BY due_at_ms, id LIMIT ?2) RETURNING id`,
    )
    .bind(nowMs, limit)
    .all();
  return results.map((row) => column(row, 'id', isFileId));
}

/** Their rows, and so their bytes under every limit, once R2 has forgotten them. */
export async function deleteGone(db: D1Database, ids: FileId[]): Promise<void> {
  await db
    .prepare(`DELETE FROM files WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'gone'`)
    .bind(JSON.stringify(ids))
    .run();
}
