// The lists of the audit, newest first.

import { column, jsonColumnOrNull, type Row } from '../../storage/column.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { isSessionId } from '../../lib/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Entry } from './entry.ts';

/** Null: no such filter. */
export type AuditFilter = {
  /** The name of an admin token, the id of a key, or the id of a session. */
  actor: string | null;
  object: string | null;
  action: string | null;
  /** Inclusive. */
  fromMs: number | null;
  /** Exclusive. */
  toMs: number | null;
};

export type AuditPage = { beforeMs: number; beforeId: string; limit: number };

/** More than so many characters of one value are left out of lists: a page of them has to fit into an isolate. */
const MOST_CHARACTERS = 20_000;

const told = (name: string) => `CASE WHEN length(d.${name}) > ${MOST_CHARACTERS}
  THEN json_object('left_out', length(d.${name}) || ' characters') ELSE d.${name} END AS ${name}`;

/** `place` leads to an index; the rest filters what that finds. */
const listOf = (
  place: string,
) => `SELECT a.*, d.salt, ${told('change')}, ${told('before')}, ${told('after')}, d.address
  FROM audit a INDEXED BY ${place} AND (?1 IS NULL OR ?1 IN (actor, session_id)) AND (?2 IS NULL OR object = ?2)
    AND (?3 IS NULL OR action = ?3) AND at_ms >= ?4 AND (at_ms, a.id) < (?5, ?6)
  ORDER BY at_ms DESC, a.id DESC LIMIT ?7`;

const DETAILS = 'LEFT JOIN audit_details d ON d.audit_id = a.id WHERE';

/** Only where an object or a session goes with something else are rows read that are not shown. */
function placeFor({ actor, object, action }: AuditFilter): string {
  if (object !== null) {
    return `audit_of_object ${DETAILS} object = ?2`;
  }
  if (actor !== null && isSessionId(actor)) {
    return `audit_of_session ${DETAILS} session_id = ?1`;
  }
  if (actor !== null) {
    return action === null
      ? `audit_of_actor ${DETAILS} actor = ?1`
      : `audit_of_actor_by_action ${DETAILS} actor = ?1 AND action = ?3`;
  }
  return action === null ? `audit_by_age ${DETAILS} at_ms >= 0` : `audit_of_action ${DETAILS} action = ?3`;
}

export async function readEntries(db: D1Database, filter: AuditFilter, page: AuditPage): Promise<Entry[]> {
  const { actor, object, action, fromMs, toMs } = filter;
  const place = toMs === null || page.beforeMs < toMs ? [page.beforeMs, Number(page.beforeId)] : [toMs, 0];
  const { results } = await db
    .prepare(listOf(placeFor(filter)))
    .bind(actor, object, action, fromMs ?? 0, ...place, page.limit)
    .all();
  return results.map(entryOf);
}

function entryOf(row: Row): Entry {
  return {
    id: column(row, 'id', isNumber),
    atMs: column(row, 'at_ms', isNumber),
    actor: column(row, 'actor', isText),
    sessionId: column(row, 'session_id', orNull(isText)),
    action: column(row, 'action', isText),
    object: column(row, 'object', isText),
    traceId: column(row, 'trace_id', isText),
    details: column(row, 'salt', orNull(isText)) === null ? null : detailsOf(row),
  };
}

function detailsOf(row: Row): NonNullable<Entry['details']> {
  return {
    change: jsonColumnOrNull(row, 'change', isJsonObject) ?? {},
    before: jsonColumnOrNull(row, 'before', isJsonObject),
    after: jsonColumnOrNull(row, 'after', isJsonObject),
    address: column(row, 'address', orNull(isText)),
  };
}
