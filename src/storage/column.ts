// The rows of D1, a column at a time, each as what its table says it holds.

import { isText, type Is } from '../lib/guard.ts';

/** Null and undefined: a row that is not there, and so has no column. */
export type Row = Record<string, unknown> | null | undefined;

/** The value of a column; throws when it is something else, for then the table is not ours. */
export function column<T>(row: Row, name: string, is: Is<T>): T {
  if (row !== null && row !== undefined && !Object.hasOwn(row, name)) {
    throw new TypeError(`no such column: ${name}`);
  }
  return checked(row?.[name], name, is);
}

/** The value whose JSON a column holds; throws as `column` does. */
export function jsonColumn<T>(row: Row, name: string, is: Is<T>): T {
  return checked(JSON.parse(column(row, name, isText)), name, is);
}

/** The same of a column that may be NULL. */
export function jsonColumnOrNull<T>(row: Row, name: string, is: Is<T>): T | null {
  return row?.[name] === null ? null : jsonColumn(row, name, is);
}

/** The rows of one statement of a batch. */
export function rowsOf(result: D1Result<Record<string, unknown>> | undefined): Record<string, unknown>[] {
  if (result === undefined) {
    throw new TypeError('a batch came back with too few results');
  }
  return result.results;
}

function checked<T>(value: unknown, name: string, is: Is<T>): T {
  if (!is(value)) {
    throw new TypeError(`the column ${name} holds something else`);
  }
  return value;
}
