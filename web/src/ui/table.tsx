// A table of rows in the order of the API. The browser has only one page of a list, so the API sorts and searches.

import { Trans } from '@lingui/react/macro';
import { tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { useMayChange } from '../api/session.ts';
import { Button } from './button.tsx';
import { csvOf, download } from './csv.ts';

export type Column<T> = {
  id: string;
  header: ReactNode;
  /** The text in the CSV, and in the cell unless there is `cell`. */
  text: (row: T) => string;
  cell?: (row: T) => ReactNode;
  isNumber?: true;
  /** The column is in the CSV only: on the page another column contains it. */
  isFileOnly?: true;
  /** A column of buttons that make changes. It is hidden from read tokens and left out of the CSV. */
  isAct?: true;
};

export type Direction = 'ascending' | 'descending' | 'none';

/** The columns that the API sorts by with their present direction, and a function that turns one. */
type Sorting = { columns: ReadonlyMap<string, Direction>; turn: (column: string) => void };

const ARROWS: Record<Direction, string> = { ascending: '↑', descending: '↓', none: '↕' };

const features = tableFeatures({});

export function Table<T extends object>({
  label,
  columns,
  rows,
  sorting,
  file,
}: {
  label: string;
  columns: Column<T>[];
  rows: T[];
  sorting?: Sorting;
  /** The name of the CSV file. If absent, the table has no export button. */
  file?: string;
}) {
  const mayChange = useMayChange();
  const shown = columns.filter(
    ({ isAct, isFileOnly }) => isFileOnly !== true && (mayChange || isAct !== true),
  );
  const defined: ColumnDef<typeof features, T>[] = shown.map(({ id, text }) => ({ id, accessorFn: text }));
  const table = useTable({ features, columns: defined, data: rows });
  const columnOf = new Map(columns.map((column) => [column.id, column]));
  const side = (id: string) =>
    columnOf.get(id)?.isNumber === true ? 'text-right tabular-nums' : 'text-left';
  const region = (
    <div role="region" aria-label={label} tabIndex={0} className="relative min-w-0 overflow-x-auto">
      <table className="w-full border-collapse [&_time]:whitespace-nowrap">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} className="border-b border-line">
              {group.headers.map(({ id }) => (
                <Head key={id} id={id} side={side(id)} sorting={sorting}>
                  {columnOf.get(id)?.header}
                </Head>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} className="border-b border-line last:border-0 hover:bg-raised/50">
              {row.getAllCells().map(({ column: { id } }) => {
                const column = columnOf.get(id);
                return (
                  <td key={id} className={`px-3 py-2 align-top first:pl-4 last:pr-4 ${side(id)}`}>
                    {column?.cell?.(row.original) ?? column?.text(row.original)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return file === undefined ? (
    region
  ) : (
    <>
      {region}
      <div className="screen-only">
        <Button onClick={() => download(file, tableCsv(columns, rows))}>
          <Trans>Export CSV</Trans>
        </Button>
      </div>
    </>
  );
}

type HeadProps = { id: string; side: string; sorting: Sorting | undefined; children: ReactNode };

/** The head of a column; a button where the API sorts by it. */
function Head({ id, side, sorting, children }: HeadProps) {
  const way = sorting?.columns.get(id);
  return (
    <th
      scope="col"
      className={`px-3 py-2 font-medium whitespace-nowrap text-quiet first:pl-4 last:pr-4 ${side}`}
      {...(way === undefined ? {} : { 'aria-sort': way })}
    >
      {way === undefined ? (
        children
      ) : (
        <button type="button" onClick={() => sorting?.turn(id)} className="font-medium hover:text-ink">
          {children} <span aria-hidden="true">{ARROWS[way]}</span>
        </button>
      )}
    </th>
  );
}

/** The rows as CSV, without columns of buttons. */
export function tableCsv<T>(columns: Column<T>[], rows: T[]): string {
  const exported = columns.filter(({ isAct }) => isAct !== true);
  return csvOf([exported.map(({ id }) => id), ...rows.map((row) => exported.map(({ text }) => text(row)))]);
}
