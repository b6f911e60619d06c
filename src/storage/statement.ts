// SQL statements whose values are bound by name. D1 binds by position alone, and a list of values that shifts by one
// would write money into the wrong column.

export type Bindable = string | number | null | ArrayBuffer;

/** One statement, ready for `first()`, `all()`, `run()` or a batch. */
export type Statement<Values> = (db: D1Database, values: Values) => D1PreparedStatement;

/** A name, or a literal or quoted identifier, in which a colon names nothing. */
const NAME = /'[^']*'|"[^"]*"|:([a-z]\w*)/gi;

/**
 * Compiles `:name` to D1's `?1`, `?2`, …, once and on first use. A name may occur several times; values that the SQL does
 * not name are left out, so that statements over one relation can share their values. Throws for a name without a value.
 */
export function statement<Values extends { readonly [name: string]: Bindable }>(
  sql: string,
): Statement<Values> {
  let compiled: { text: string; names: string[] } | null = null;
  return (db, values) => {
    compiled ??= compile(sql);
    const bound = compiled.names.map((name) => {
      const value = values[name];
      if (value === undefined) {
        throw new Error(`The statement has no value for :${name}`);
      }
      return value;
    });
    return db.prepare(compiled.text).bind(...bound);
  };
}

function compile(sql: string): { text: string; names: string[] } {
  const names: string[] = [];
  const text = sql.replace(NAME, (match, name: string | undefined) => {
    if (name === undefined) {
      return match;
    }
    const known = names.indexOf(name);
    return `?${known === -1 ? names.push(name) : known + 1}`;
  });
  return { text, names };
}
