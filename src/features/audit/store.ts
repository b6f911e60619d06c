// Who did what to which object: one row in the same transaction as the change it tells of.

export type Change = {
  atMs: number;
  /** Name of the admin token, or the id of the key that acted. */
  actor: string;
  action: string;
  /** Id of the object changed. */
  object: string;
  /** What was asked for. Never holds a secret. */
  change: Record<string, unknown>;
  traceId: string;
};

/** The making of an object, whose id its verb mints. */
export type Creation = Omit<Change, 'object'>;

/** Goes right behind the statement that makes the change: what changed no row leaves no trace. */
export function auditEntry(db: D1Database, change: Change): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit (at_ms, actor, action, object, change, trace_id)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE changes() > 0`,
    )
    .bind(
      change.atMs,
      change.actor,
      change.action,
      change.object,
      JSON.stringify(change.change),
      change.traceId,
    );
}

/** The same for one change of many objects: an entry for each of them. */
export function auditEach(db: D1Database, change: Creation, objects: string[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit (at_ms, actor, action, object, change, trace_id)
       SELECT ?1, ?2, ?3, value, ?5, ?6 FROM json_each(?4) WHERE changes() > 0`,
    )
    .bind(
      change.atMs,
      change.actor,
      change.action,
      JSON.stringify(objects),
      JSON.stringify(change.change),
      change.traceId,
    );
}
