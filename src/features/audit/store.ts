// Who did what to which object: one row in the same transaction as the change it tells of, with the object as it was in
// front of the change and behind it.

export type Change = {
  atMs: number;
  /** Name of the admin token, or the id of the key that acted. */
  actor: string;
  /** The session by whose cookie the actor came; null: by a token or a key. */
  sessionId: string | null;
  /** Where the call came from, as Cloudflare says; '' where it does not. */
  address: string;
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

/** SQL: those of `objects`, a query for ids, that are there, and what is worth telling of them, as JSON. */
export type State = (objects: string) => string;

/** `members` name no secret, not even a sealed one. */
export function stateOf(table: string, members: string, object = 'id'): State {
  return (objects) =>
    `SELECT ${object} AS object, json_object(${members}) AS state FROM ${table} WHERE ${object} IN (${objects})`;
}

/** A JSON array of ids. */
const NAMED = 'SELECT value FROM json_each(?1)';
const DRAFTED = 'SELECT object AS value FROM audit_drafts';

const NO_STATE: State = () => 'SELECT NULL AS object, NULL AS state';

const entryOf = (objects: string) => `INSERT INTO audit (at_ms, actor, session_id, action, object, trace_id)
  SELECT ?2, ?3, ?4, ?5, value, ?6 FROM (${objects}) WHERE changes() > 0`;

// The entries that were just made are the last ones, as many as the statement before has inserted: none, if nothing was
// changed.
const detailsOf = (
  state: string,
) => `INSERT INTO audit_details (audit_id, salt, before, after, change, address)
  SELECT a.id, lower(hex(randomblob(16))), d.state, s.state, ?2,
    CASE (SELECT audit_addresses FROM settings) WHEN 'on' THEN NULLIF(?3, '') END
  FROM audit a LEFT JOIN audit_drafts d ON d.object = a.object LEFT JOIN (${state}) s ON s.object = a.object
  WHERE a.id > (SELECT MAX(id) FROM audit) - changes()`;

/** SQL: keeps objects as they are in front of their change. */
export const draftOf = (state: string) => `INSERT INTO audit_drafts (object, state) ${state}`;

/** Audits a change with the state of its object. What changed no row leaves no trace. */
export function audited(db: D1Database, change: Change | ChangeOfMany, state: State): Audited {
  const drafts = db.prepare(draftOf(state(NAMED))).bind(objectsOf(change));
  return { before: [drafts], behind: [...auditEntry(db, change, state), clear(db)] };
}

/** Audits the change of each object that `drafts`, made by `draftOf`, has kept; the change is made to those alone. */
export function auditedDrafts(
  db: D1Database,
  change: Creation,
  { drafts, state }: { drafts: D1PreparedStatement; state: State },
): Audited {
  const behind = entriesOf(db, { ...change, objects: [] }, { objects: DRAFTED, state });
  return { before: [drafts], behind: [...behind, clear(db)] };
}

/** The same of a change that has no state in front of it: they go right behind the statement that makes it. */
export function auditEntry(
  db: D1Database,
  change: Change | ChangeOfMany,
  state: State = NO_STATE,
): D1PreparedStatement[] {
  return entriesOf(db, change, { objects: NAMED, state });
}

function entriesOf(
  db: D1Database,
  told: Change | ChangeOfMany,
  { objects, state }: { objects: string; state: State },
): D1PreparedStatement[] {
  const { atMs, actor, sessionId, action, traceId, change, address } = told;
  const named = objectsOf(told);
  return [
    db.prepare(entryOf(objects)).bind(named, atMs, actor, sessionId, action, traceId),
    db.prepare(detailsOf(state(objects))).bind(named, JSON.stringify(change), address),
  ];
}

function objectsOf(change: Change | ChangeOfMany): string {
  return JSON.stringify('objects' in change ? change.objects : [change.object]);
}

function clear(db: D1Database): D1PreparedStatement {
  return db.prepare('DELETE FROM audit_drafts');
}
