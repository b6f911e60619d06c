// The audit names the actor, the change and the object. Each entry is written in the transaction of its change, with the
// object's state before and after it.

import { statement } from '../../storage/statement.ts';

export type Change = {
  atMs: number;
  /** Name of the admin token, or id of the key that acted. */
  actor: string;
  /** The session that the actor called from; null: the actor sent a token or a key. */
  sessionId: string | null;
  /** The address of the caller as Cloudflare gives it; '': unknown. */
  address: string;
  action: string;
  /** Id of the object changed. */
  object: string;
  /** The body of the call. Never holds a secret. */
  change: Record<string, unknown>;
  traceId: string;
};

/** The change that creates an object. The use case that creates it chooses the id. */
export type Creation = Omit<Change, 'object'>;

/** One change of many objects: an entry for each of them. */
type ChangeOfMany = Creation & { objects: string[] };

/** Statements for the batch of a change: those before it, and those right behind the statement that makes it. */
export type Audited = { before: D1PreparedStatement[]; behind: D1PreparedStatement[] };

/** SQL: the state, as JSON, of every existing object whose id the query `objects` returns. */
export type State = (objects: string) => string;

/** `members` name no secret, not even a sealed one. */
export function stateOf(table: string, members: string, object = 'id'): State {
  return (objects) =>
    `SELECT ${object} AS object, json_object(${members}) AS state FROM ${table} WHERE ${object} IN (${objects})`;
}

const NAMED = 'SELECT value FROM json_each(:objects)';
const DRAFTED = 'SELECT object AS value FROM audit_drafts';

const NO_STATE: State = () => 'SELECT NULL AS object, NULL AS state';

/** SQL: stores the state of objects before their change. */
export const draftOf = (state: string) => `INSERT INTO audit_drafts (object, state) ${state}`;

const CLEAR_DRAFTS = 'DELETE FROM audit_drafts';

const entryOf = (objects: string) => `INSERT INTO audit (at_ms, actor, session_id, action, object, trace_id)
  SELECT :atMs, :actor, :sessionId, :action, value, :traceId FROM (${objects}) WHERE changes() > 0`;

// The statement before this one has inserted changes() entries, and they have the highest ids. A change of no row has no
// entry, and so no details.
const detailsOf = (
  state: string,
) => `INSERT INTO audit_details (audit_id, salt, before, after, change, address)
  SELECT a.id, lower(hex(randomblob(16))), d.state, s.state, :change,
    CASE (SELECT audit_addresses FROM settings) WHEN 'on' THEN NULLIF(:address, '') END
  FROM audit a LEFT JOIN audit_drafts d ON d.object = a.object LEFT JOIN (${state}) s ON s.object = a.object
  WHERE a.id > (SELECT MAX(id) FROM audit) - changes()`;

/** Audits a change with the state of its object before and after it. A change of no row leaves no entry. */
export function audited(db: D1Database, change: Change | ChangeOfMany, state: State): Audited {
  const draft = statement<{ objects: string }>(draftOf(state(NAMED)));
  return {
    before: [draft(db, { objects: objectsOf(change) })],
    behind: [...auditEntry(db, change, state), db.prepare(CLEAR_DRAFTS)],
  };
}

/** Audits a change of the objects that `drafts`, a statement of `draftOf`, has stored, and of no others. */
export function auditedDrafts(
  db: D1Database,
  change: Creation,
  { drafts, state }: { drafts: D1PreparedStatement; state: State },
): Audited {
  const entries = entriesOf(db, { ...change, objects: [] }, { objects: DRAFTED, state });
  return { before: [drafts], behind: [...entries, db.prepare(CLEAR_DRAFTS)] };
}

/** Audits a change without the state before it. The statements go right behind the one that makes the change. */
export function auditEntry(
  db: D1Database,
  change: Change | ChangeOfMany,
  state: State = NO_STATE,
): D1PreparedStatement[] {
  return entriesOf(db, change, { objects: NAMED, state });
}

type EntryValues = Omit<Creation, 'change'> & { objects: string; change: string };

function entriesOf(
  db: D1Database,
  change: Change | ChangeOfMany,
  { objects, state }: { objects: string; state: State },
): D1PreparedStatement[] {
  const values = { ...change, objects: objectsOf(change), change: JSON.stringify(change.change) };
  return [entryOf(objects), detailsOf(state(objects))].map((sql) => statement<EntryValues>(sql)(db, values));
}

function objectsOf(change: Change | ChangeOfMany): string {
  return JSON.stringify('objects' in change ? change.objects : [change.object]);
}
