// Reads rows of D1 column by column, and checks the type of each value.

import { isText, type Is } from '../lib/guard.ts';

/** Null and undefined stand for a missing row, which has no columns. */
export type Row = Record<string, unknown> | null | undefined;

/** The value of a column. Throws if it has another type, because then the table is not ours. */
export function column<T>(row: Row, name: string, is: Is<T>): T {
  if (row !== null && row !== undefined && !Object.hasOwn(row, name)) {
    throw new TypeError(`no such column: ${name}`);
  }
  return checked(row?.[name], name, is);
}

/** The value of a column with JSON. Throws like `column`. */
export function jsonColumn<T>(row: Row, name: string, is: Is<T>): T {
  return checked(JSON.parse(column(row, name, isText)), name, is);
}

/** The value of a column with JSON that may be NULL. */
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
