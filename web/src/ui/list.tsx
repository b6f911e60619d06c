// A list of the API: one page of it, its place in the URL, and all of it as CSV.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { download } from './csv.ts';
import { count } from './format.ts';
import { Empty, Loading } from './layout.tsx';
import { ProblemNote } from './problem-note.tsx';
import { Table, tableCsv, type Column, type Direction } from './table.tsx';

export type ListPage<T> = { items: T[]; next_cursor: string | null };

/** Spreadsheets become slow with more rows than this. */
const MAX_CSV_ROWS = 10_000;

/** For each column that the API sorts by, its ascending and its descending order. */
type Orders<O> = Readonly<Record<string, readonly [up: O, down: O]>>;

export const BY_AGE = { created_at: ['oldest', 'newest'] } as const;

type Props<T, O extends string> = {
  /** Names the list, the file and the cache. */
  name: string;
  label: string;
  columns: Column<T>[];
  /** The filters of the list, which are part of the URL. */
  filter: Record<string, string>;
  cursor: string | undefined;
  /** The parameter of the URL that holds the cursor, where a page has several lists. */
  param?: string;
  /** Columns that the API sorts by, and the default order. */
  orders?: Orders<O>;
  begins?: O;
  ask: (query: { cursor?: string; limit?: number; order?: O }) => Promise<ListPage<T>>;
  /** Shown instead of a table without rows. */
  empty: ReactNode;
  /** The list fills a panel, which has its own frame. */
  isInPanel?: true;
};

export function List<T extends object, O extends string = never>(props: Props<T, O>) {
  const { name, label, columns, filter, cursor, empty } = props;
  const go = useNavigate();
  const orders: Orders<O> = props.orders ?? {};
  const order =
    Object.values(orders)
      .flat()
      .find((one) => one === filter['order']) ?? props.begins;
  const ask: Props<T, O>['ask'] = (page) => props.ask(order === undefined ? page : { order, ...page });
  const { t } = useLingui();
  const { data, error } = useQuery({
    queryKey: [name, filter, cursor],
    queryFn: () => ask(cursor === undefined ? {} : { cursor }),
    placeholderData: (before) => before,
  });
  const next = data?.next_cursor ?? undefined;
  const csv = useExport({ name, columns, ask });
  const turn = (to: string | undefined) =>
    go({ to: '.', search: to === undefined ? filter : { ...filter, [props.param ?? 'cursor']: to } });
  const sorting = {
    columns: new Map(Object.entries(orders).map(([id, both]) => [id, directionOf(both, order)])),
    turn: (id: string) => {
      const both = orders[id];
      if (both !== undefined) {
        void go({ to: '.', search: { ...filter, order: order === both[0] ? both[1] : both[0] } });
      }
    },
  };
  return (
    <div className={props.isInPanel ? '-m-4 min-w-0' : 'min-w-0 rounded-lg border border-line bg-panel'}>
      <Notes error={error ?? csv.error} isCut={csv.data === true} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : data.items.length > 0 ? (
        <Table label={label} columns={columns} rows={data.items} sorting={sorting} />
      ) : data.next_cursor === null ? (
        empty
      ) : (
        <Empty>
          <Trans>No match in the rows read so far. Go to the next page to read more.</Trans>
        </Empty>
      )}
      <div className="screen-only flex flex-wrap items-center gap-2 border-t border-line px-4 py-2.5">
        {cursor === undefined && next === undefined ? null : (
          <>
            <Button disabled={cursor === undefined} onClick={() => void turn(undefined)}>
              <Trans>First page</Trans>
            </Button>
            <Button disabled={next === undefined} onClick={() => void turn(next)}>
              <Trans>Next page</Trans>
            </Button>
          </>
        )}
        <span className="grow" />
        <Button disabled={csv.isPending} onClick={() => csv.mutate()} title={t`Up to ${MAX_CSV_ROWS} rows`}>
          <Trans>Export CSV</Trans>
        </Button>
      </div>
    </div>
  );
}

/** Its answer is true if there are more rows than the file. */
function useExport<T>({ name, columns, ask }: Pick<Props<T, never>, 'name' | 'columns' | 'ask'>) {
  return useMutation({
    mutationFn: async () => {
      const { rows, isCut } = await allOf(ask);
      download(`${name}.csv`, tableCsv(columns, rows));
      return isCut;
    },
  });
}

function Notes({ error, isCut }: { error: Error | null; isCut: boolean }) {
  return (
    <>
      {isCut ? (
        <p role="status" className="p-4 text-warn">
          <Trans>
            The file has only the first {count(MAX_CSV_ROWS)} rows. Filter the list to export the others.
          </Trans>
        </p>
      ) : null}
      {error === null ? null : (
        <div className="p-4">
          <ProblemNote error={error} />
        </div>
      )}
    </>
  );
}

function directionOf<O>([up, down]: readonly [O, O], order: O | undefined): Direction {
  return order === up ? 'ascending' : order === down ? 'descending' : 'none';
}

/** `isCut`: there are more rows than a file may have. */
async function allOf<T>(ask: Props<T, never>['ask']): Promise<{ rows: T[]; isCut: boolean }> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && rows.length < MAX_CSV_ROWS);
  return { rows, isCut: cursor !== undefined };
}
