// A list of the API: one page of it, its place in the URL, and all of it as CSV.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { download } from './csv.ts';
import { Loading } from './layout.tsx';
import { ProblemNote } from './problem-note.tsx';
import { Table, tableCsv, type Column, type Sorting } from './table.tsx';

export type ListPage<T> = { items: T[]; next_cursor: string | null };

/** A file of more rows than this takes a spreadsheet's breath. */
const MAX_CSV_ROWS = 10_000;

type Props<T> = {
  /** Names the list, the file and the cache. */
  name: string;
  label: string;
  columns: Column<T>[];
  /** Everything that narrows the list; it is a part of the URL. */
  filter: Record<string, string>;
  cursor: string | undefined;
  /** What a list that the API sorts by age begins with, where the URL says nothing. */
  begins?: Sorting['order'];
  ask: (query: { cursor?: string; limit?: number; order?: Sorting['order'] }) => Promise<ListPage<T>>;
  /** What stands in the place of no rows. */
  empty: ReactNode;
};

export function List<T extends object>(props: Props<T>) {
  const { name, label, columns, filter, cursor, begins, empty } = props;
  const go = useNavigate();
  const chosen = filter['order'];
  const order = begins !== undefined && (chosen === 'oldest' || chosen === 'newest') ? chosen : begins;
  const ask: Props<T>['ask'] = (page) => props.ask(order === undefined ? page : { order, ...page });
  const { t } = useLingui();
  const { data, error } = useQuery({
    queryKey: [name, filter, cursor],
    queryFn: () => ask(cursor === undefined ? {} : { cursor }),
    placeholderData: (before) => before,
  });
  const csv = useMutation({ mutationFn: async () => download(`${name}.csv`, await allOf(columns, ask)) });
  const turn = (to: string | undefined) =>
    go({ to: '.', search: to === undefined ? filter : { ...filter, cursor: to } });
  const other = order === 'oldest' ? 'newest' : 'oldest';
  const turnOver = () => void go({ to: '.', search: { ...filter, order: other } });
  const sorting = order === undefined ? {} : { sorting: { column: 'created_at', order, turn: turnOver } };
  return (
    <div className="min-w-0 rounded-lg border border-line bg-panel">
      {error === null ? null : (
        <div className="p-4">
          <ProblemNote error={error} />
        </div>
      )}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : data.items.length === 0 ? (
        empty
      ) : (
        <Table label={label} columns={columns} rows={data.items} {...sorting} />
      )}
      <div className="screen-only flex flex-wrap items-center gap-2 border-t border-line px-4 py-2.5">
        <Button disabled={cursor === undefined} onClick={() => void turn(undefined)}>
          <Trans>First page</Trans>
        </Button>
        <Button
          disabled={(data?.next_cursor ?? null) === null}
          onClick={() => void turn(data?.next_cursor ?? undefined)}
        >
          <Trans>Next page</Trans>
        </Button>
        <span className="grow" />
        <Button
          disabled={csv.isPending}
          onClick={() => csv.mutate()}
          title={t`As many as ${MAX_CSV_ROWS} rows`}
        >
          <Trans>Export CSV</Trans>
        </Button>
      </div>
    </div>
  );
}

async function allOf<T>(columns: Column<T>[], ask: Props<T>['ask']): Promise<string> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && rows.length < MAX_CSV_ROWS);
  return tableCsv(columns, rows);
}
