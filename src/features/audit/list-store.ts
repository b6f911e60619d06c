// Pages of the audit, newest first.

import { column, jsonColumnOrNull, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
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

/** Lists leave out longer values: a page has to fit into an isolate. */
const MAX_CHARACTERS = 20_000;

const short = (name: string) => `CASE WHEN length(d.${name}) > ${MAX_CHARACTERS}
  THEN json_object('left_out', length(d.${name}) || ' characters') ELSE d.${name} END AS ${name}`;

type ListValues = {
  actor: string | null;
  object: string | null;
  action: string | null;
  fromMs: number;
  beforeMs: number;
  beforeId: number;
  limit: number;
};

/** `source` names an index and what to search it for; the other conditions filter those rows. */
const listOf = (
  source: string,
) => `SELECT a.*, d.salt, ${short('change')}, ${short('before')}, ${short('after')}, d.address
  FROM audit a INDEXED BY ${source} AND (:actor IS NULL OR :actor IN (actor, session_id))
    AND (:object IS NULL OR object = :object) AND (:action IS NULL OR action = :action) AND at_ms >= :fromMs
    AND (at_ms, a.id) < (:beforeMs, :beforeId)
  ORDER BY at_ms DESC, a.id DESC LIMIT :limit`;

const DETAILS = 'LEFT JOIN audit_details d ON d.audit_id = a.id WHERE';

/** Only an object or a session together with another filter reads rows that the page leaves out. */
function sourceFor({ actor, object, action }: AuditFilter): string {
  if (object !== null) {
    return `audit_of_object ${DETAILS} object = :object`;
  }
  if (actor !== null && isSessionId(actor)) {
    return `audit_of_session ${DETAILS} session_id = :actor`;
  }
  if (actor !== null) {
    return action === null
      ? `audit_of_actor ${DETAILS} actor = :actor`
      : `audit_of_actor_by_action ${DETAILS} actor = :actor AND action = :action`;
  }
  return action === null
    ? `audit_by_age ${DETAILS} at_ms >= 0`
    : `audit_of_action ${DETAILS} action = :action`;
}

export async function readEntries(db: D1Database, filter: AuditFilter, page: AuditPage): Promise<Entry[]> {
  const { toMs } = filter;
  const isPageEarlier = toMs === null || page.beforeMs < toMs;
  const list = statement<ListValues>(listOf(sourceFor(filter)));
  const { results } = await list(db, {
    ...filter,
    fromMs: filter.fromMs ?? 0,
    beforeMs: isPageEarlier ? page.beforeMs : toMs,
    beforeId: isPageEarlier ? Number(page.beforeId) : 0,
    limit: page.limit,
  }).all();
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
