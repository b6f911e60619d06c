// Who did what to which object: one row in the same transaction as the change it tells of, with the object as it was in
// front of the change and behind it.

export type Change = {
  atMs: number;
  /** Name of the admin token, or the id of the key that acted. */
  actor: string;
  /** The session by whose cookie the actor came; null: by a token or a key. */
  sessionId: string | null;
  /** Where the call came from, as Cloudflare says; null: from the cron. */
  address: string | null;
  action: string;
  /** Id of the object changed. */
  object: string;
  /** What was asked for. Never holds a secret. */
  change: Record<string, unknown>;
  traceId: string;
};

/** The making of an object, whose id its verb mints. */
export type Creation = Omit<Change, 'object'>;

/** One change of many objects: an entry for each of them. */
type ChangeOfMany = Creation & { objects: string[] };

/** Statements for the batch of a change: in front of it, and right behind the statement that makes it. */
export type Audited = { before: D1PreparedStatement[]; behind: D1PreparedStatement[] };

/** SQL: the objects of a JSON array of ids (?1) and what is worth telling of them, as JSON. Never a secret, not even sealed. */
export const stateOf = (table: string, members: string, object = 'id') =>
  `SELECT ${object} AS object, json_object(${members}) AS state FROM ${table}
   WHERE ${object} IN (SELECT value FROM json_each(?1))`;

const NO_STATE = 'SELECT NULL AS object, NULL AS state';

const ENTRY = `INSERT INTO audit (at_ms, actor, session_id, action, object, trace_id)
  SELECT ?2, ?3, ?4, ?5, value, ?6 FROM json_each(?1) WHERE changes() > 0`;

// The entries that were just made are the last ones, as many as the statement before has inserted: none, if nothing was
// changed.
const detailsOf = (
  state: string,
) => `INSERT INTO audit_details (audit_id, salt, before, after, change, address)
  SELECT a.id, lower(hex(randomblob(16))), d.state, s.state, ?2,
    CASE (SELECT audit_addresses FROM settings) WHEN 'on' THEN ?3 END
  FROM audit a LEFT JOIN audit_drafts d ON d.object = a.object LEFT JOIN (${state}) s ON s.object = a.object
  WHERE a.id > (SELECT MAX(id) FROM audit) - changes()`;

/** Audits a change with the state of its object. What changed no row leaves no trace. */
export function audited(db: D1Database, change: Change | ChangeOfMany, state: string): Audited {
  const objects = objectsOf(change);
  return {
    before: [db.prepare(`INSERT INTO audit_drafts (object, state) ${state}`).bind(objects)],
    behind: [...auditEntry(db, change, state), db.prepare('DELETE FROM audit_drafts')],
  };
}

/** The same of a change that has no state in front of it: they go right behind the statement that makes it. */
export function auditEntry(
  db: D1Database,
  change: Change | ChangeOfMany,
  state: string = NO_STATE,
): D1PreparedStatement[] {
  const { atMs, actor, sessionId, action, traceId } = change;
  const objects = objectsOf(change);
  return [
    db.prepare(ENTRY).bind(objects, atMs, actor, sessionId, action, traceId),
    db.prepare(detailsOf(state)).bind(objects, JSON.stringify(change.change), change.address),
  ];
}

function objectsOf(change: Change | ChangeOfMany): string {
  return JSON.stringify('objects' in change ? change.objects : [change.object]);
}
