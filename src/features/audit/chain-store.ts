// The rows of the audit with their details and seals, byte for byte: the chain of hashes covers them.

import { column, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import type { Link, Seal, Sealable, SealableDetails } from './chain.ts';

/** One read returns at most this many characters of details, which an isolate holds at once. The first row may be longer. */
const MAX_CHARACTERS = 8_000_000;

const DETAILS = 'd.salt, d.before, d.after, d.change, d.address';
const SIZE = "SUM(length(COALESCE(d.before, '') || COALESCE(d.after, '') || d.change))";

const UNSEALED = statement<{ limit: number }>(
  `SELECT * FROM (SELECT a.*, ${DETAILS}, s.upto_id, s.details_sha256, s.sha256, ${SIZE} OVER (ORDER BY a.id) AS size,
       ROW_NUMBER() OVER (ORDER BY a.id) AS number
     FROM (SELECT * FROM audit WHERE id > COALESCE((SELECT MAX(upto_id) FROM audit_seals), 0) ORDER BY id LIMIT :limit) a
     LEFT JOIN audit_details d ON d.audit_id = a.id
     LEFT JOIN audit_seals s ON s.upto_id = (SELECT MAX(upto_id) FROM audit_seals))
   WHERE number = 1 OR COALESCE(size, 0) <= ${MAX_CHARACTERS} ORDER BY id`,
);

/** The rows after the last seal, oldest first, and that seal. */
export async function readUnsealed(
  db: D1Database,
  limit: number,
): Promise<{ last: Seal | null; links: { row: Sealable; details: SealableDetails | null }[] }> {
  const { results } = await UNSEALED(db, { limit }).all();
  const links = results.map((row) => ({ row: rowOf(row), details: detailsOf(row) }));
  return { last: sealOf(results[0]), links };
}

const INSERT_SEALS = statement<{ seals: string; lastId: number }>(
  `INSERT INTO audit_seals (upto_id, details_sha256, sha256)
   SELECT value ->> 'upto_id', value ->> 'details_sha256', value ->> 'sha256' FROM json_each(:seals)
   WHERE COALESCE((SELECT MAX(upto_id) FROM audit_seals), 0) = :lastId`,
);

/** Appends all seals if the chain still ends at `lastId`, else none. */
export async function insertSeals(db: D1Database, seals: Seal[], lastId: number): Promise<boolean> {
  const { meta } = await INSERT_SEALS(db, { seals: JSON.stringify(seals), lastId }).run();
  return meta.changes > 0;
}

const CHAIN = statement<{ afterId: number; limit: number }>(
  `SELECT * FROM (SELECT i.id AS link, a.*, ${DETAILS}, s.upto_id, s.details_sha256, s.sha256,
         ${SIZE} OVER (ORDER BY i.id) AS size, ROW_NUMBER() OVER (ORDER BY i.id) AS number
       FROM (SELECT id FROM audit WHERE id > :afterId UNION SELECT upto_id FROM audit_seals WHERE upto_id > :afterId
         ORDER BY 1 LIMIT :limit) i
       LEFT JOIN audit a ON a.id = i.id LEFT JOIN audit_details d ON d.audit_id = i.id
       LEFT JOIN audit_seals s ON s.upto_id = i.id)
     WHERE number = 1 OR COALESCE(size, 0) <= ${MAX_CHARACTERS} ORDER BY link`,
);

/** The chain after an id. A row that was deleted leaves a link with its seal alone. */
export async function readChain(db: D1Database, afterId: number, limit: number): Promise<Link[]> {
  const { results } = await CHAIN(db, { afterId, limit }).all();
  return results.map((row) => ({
    id: column(row, 'link', isNumber),
    row: row['id'] === null ? null : rowOf(row),
    details: detailsOf(row),
    seal: sealOf(row),
  }));
}

function rowOf(row: Row): Sealable {
  return {
    id: column(row, 'id', isNumber),
    at_ms: column(row, 'at_ms', isNumber),
    actor: column(row, 'actor', isText),
    session_id: column(row, 'session_id', orNull(isText)),
    action: column(row, 'action', isText),
    object: column(row, 'object', isText),
    trace_id: column(row, 'trace_id', isText),
  };
}

function detailsOf(row: Row): SealableDetails | null {
  return column(row, 'salt', orNull(isText)) === null
    ? null
    : {
        salt: column(row, 'salt', isText),
        before: column(row, 'before', orNull(isText)),
        after: column(row, 'after', orNull(isText)),
        change: column(row, 'change', isText),
        address: column(row, 'address', orNull(isText)),
      };
}

function sealOf(row: Row): Seal | null {
  return row === undefined || row === null || row['upto_id'] === null
    ? null
    : {
        upto_id: column(row, 'upto_id', isNumber),
        details_sha256: column(row, 'details_sha256', orNull(isText)),
        sha256: column(row, 'sha256', isText),
      };
}
