// Rows of named cells as JSON or CSV (RFC 4180). Money is a BigInt of micro-USD, written as exact dollars of any size;
// a double would round it.

import { usdText } from './money.ts';

type Cell = string | number | bigint;
export type Cells = Record<string, Cell>;

/** A cell as JSON writes it. */
export type JsonCell = string | number | RawJson;

/** The row as a value that JSON.stringify writes with exact amounts. */
export function jsonCells<C extends Cells>(
  row: C,
): { [Name in keyof C]: C[Name] extends bigint ? RawJson : C[Name] };
export function jsonCells(row: Cells): Record<string, JsonCell> {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, jsonCell(cell)]));
}

function jsonCell(cell: Cell): JsonCell {
  return typeof cell === 'bigint' ? JSON.rawJSON(usdText(cell)) : cell;
}

/** The rows below a header line. */
export function csvOf(columns: string[], rows: Cells[]): string {
  const lines = rows.map((row) => columns.map((name) => csvCell(row[name] ?? '')));
  return [columns, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') {
    return typeof cell === 'bigint' ? usdText(cell) : String(cell);
  }
  // A spreadsheet would evaluate such a text as a formula.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
