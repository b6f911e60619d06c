// What one customer was charged in a month, by model: a page to be printed or sent.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AnswerOf } from '../../api/client.ts';
import { getCustomer, reportUsage } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { download } from '../../ui/csv.ts';
import { INPUT } from '../../ui/field.tsx';
import { count, usd } from '../../ui/format.ts';
import { Empty, Fact, Facts, Loading, Page, Panel } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, tableCsv, type Column } from '../../ui/table.tsx';
import { useListPrices } from '../models/list-prices.ts';
import type { Customer } from './customers-page.tsx';

const route = getRouteApi('/shell/customers/$customer/statement');

type Report = AnswerOf<'reportUsage'>;
type Line = Report['items'][number];

/** The first days of a month and of the next one, as UTC dates. */
function boundsOf(month: string): { from: string; to: string } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const to = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
  return { from: `${month}-01`, to };
}

export function StatementPage() {
  const { customer: id } = route.useParams();
  const { month = new Date().toISOString().slice(0, 7) } = route.useSearch();
  const isMonth = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month);
  const customer = useQuery({
    queryKey: ['customer', id],
    queryFn: () => getCustomer({ params: { customer: id } }),
  });
  const usage = useQuery({
    queryKey: ['statement', id, month],
    queryFn: () => reportUsage({ query: { customer: id, group_by: 'model', ...boundsOf(month) } }),
    enabled: isMonth,
  });
  return (
    <Page
      title={<Trans>Statement of {month}</Trans>}
      actions={<Actions id={id} month={month} lines={usage.data?.items ?? []} />}
    >
      <ProblemNote error={customer.error ?? usage.error} />
      {customer.data === undefined || usage.data === undefined ? (
        <Loading />
      ) : (
        <>
          <Parties customer={customer.data} usage={usage.data} />
          <Lines usage={usage.data} />
        </>
      )}
    </Page>
  );
}

function Actions({ id, month, lines }: { id: string; month: string; lines: Line[] }) {
  const { t } = useLingui();
  const go = route.useNavigate();
  const columns = useColumns(lines);
  const save = () => {
    download(`statement-${id}-${month}.csv`, tableCsv(columns, lines));
  };
  return (
    <>
      <span className="w-44">
        <input
          type="month"
          aria-label={t`Month`}
          className={INPUT}
          value={month}
          onChange={(event) => void go({ search: { month: event.target.value } })}
        />
      </span>
      <Button onClick={save}>
        <Trans>Export CSV</Trans>
      </Button>
      <Button weight="primary" onClick={() => globalThis.print()}>
        <Trans>Print</Trans>
      </Button>
    </>
  );
}

function Parties({ customer, usage }: { customer: Customer; usage: Report }) {
  return (
    <Panel
      title={
        <Link to="/customers/$customer" params={{ customer: customer.id }} className="hover:underline">
          {customer.name}
        </Link>
      }
    >
      <Facts>
        <Fact name={<Trans>External id</Trans>}>{customer.external_id ?? '–'}</Fact>
        <Fact name={<Trans>Period</Trans>}>
          {usage.from.slice(0, 10)} – {usage.to.slice(0, 10)} (UTC)
        </Fact>
        <Fact name={<Trans>Terms</Trans>}>
          <Trans>list price × {customer.markup}</Trans>
        </Fact>
      </Facts>
    </Panel>
  );
}

function Lines({ usage: { items, total } }: { usage: Report }) {
  const { t } = useLingui();
  const columns = useColumns(items);
  return (
    <div className="min-w-0 rounded-lg border border-line bg-panel">
      {items.length === 0 ? (
        <Empty>
          <Trans>Nothing was charged in this month.</Trans>
        </Empty>
      ) : (
        <Table label={t`Statement`} columns={columns} rows={items} />
      )}
      <p className="flex justify-between border-t border-line px-4 py-3 text-base font-semibold">
        <span>
          <Trans>Due in all</Trans>
        </span>
        <span className="tabular-nums">{usd(total.charged_usd - total.adjusted_usd)}</span>
      </p>
    </div>
  );
}

function moneyColumn(id: 'charged_usd' | 'adjusted_usd', header: ReactNode): Column<Line> {
  return { id, header, isNumber: true, text: (line) => String(line[id]), cell: (line) => usd(line[id]) };
}

function countColumn(id: 'jobs' | 'succeeded', header: ReactNode): Column<Line> {
  return { id, header, isNumber: true, text: (line) => String(line[id]), cell: (line) => count(line[id]) };
}

function useColumns(lines: Line[]): Column<Line>[] {
  const prices = useListPrices(lines.flatMap(({ model_id: id }) => (id === undefined ? [] : [id])));
  return [
    { id: 'model_id', header: <Trans>Model</Trans>, text: (line) => line.model_id ?? '' },
    {
      id: 'list_price',
      header: <Trans>List price today</Trans>,
      text: (line) => prices.get(line.model_id ?? '') ?? '',
    },
    countColumn('jobs', <Trans>Jobs</Trans>),
    countColumn('succeeded', <Trans>Succeeded</Trans>),
    moneyColumn('charged_usd', <Trans>Charged</Trans>),
    moneyColumn('adjusted_usd', <Trans>Given back</Trans>),
    {
      id: 'due_usd',
      header: <Trans>Due</Trans>,
      isNumber: true,
      text: (line) => String(dueOf(line)),
      cell: (line) => usd(dueOf(line)),
    },
  ];
}

/** Rounded to what money is counted in. */
function dueOf({ charged_usd: charged, adjusted_usd: adjusted }: Line): number {
  return Number((charged - adjusted).toFixed(6));
}
