// What one customer was charged in a month, by model: a page to be printed or sent.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { getCustomer, reportUsage } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { csvOf, download } from '../../ui/csv.ts';
import { INPUT } from '../../ui/field.tsx';
import { count, usd } from '../../ui/format.ts';
import { Empty, Fact, Facts, Loading, Page, Panel } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, type Column } from '../../ui/table.tsx';

const route = getRouteApi('/shell/customers/$customer/statement');

type Line = AnswerOf<'reportUsage'>['items'][number];

/** The first days of a month and of the next one, as UTC dates. */
function boundsOf(month: string): { from: string; to: string } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const to = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
  return { from: `${month}-01`, to };
}

export function StatementPage() {
  const { t } = useLingui();
  const { customer: id } = route.useParams();
  const { month = new Date().toISOString().slice(0, 7) } = route.useSearch();
  const go = route.useNavigate();
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
  const columns: Column<Line>[] = [
    { id: 'model_id', header: <Trans>Model</Trans>, text: (line) => line.model_id ?? '' },
    {
      id: 'jobs',
      header: <Trans>Jobs</Trans>,
      isNumber: true,
      text: ({ jobs }) => String(jobs),
      cell: ({ jobs }) => count(jobs),
    },
    {
      id: 'succeeded',
      header: <Trans>Succeeded</Trans>,
      isNumber: true,
      text: (line) => String(line.succeeded),
      cell: (line) => count(line.succeeded),
    },
    {
      id: 'charged_usd',
      header: <Trans>Charged</Trans>,
      isNumber: true,
      text: (line) => String(line.charged_usd),
      cell: (line) => usd(line.charged_usd),
    },
    {
      id: 'adjusted_usd',
      header: <Trans>Given back</Trans>,
      isNumber: true,
      text: (line) => String(line.adjusted_usd),
      cell: (line) => usd(line.adjusted_usd),
    },
    {
      id: 'due_usd',
      header: <Trans>Due</Trans>,
      isNumber: true,
      text: (line) => String(Number((line.charged_usd - line.adjusted_usd).toFixed(6))),
      cell: (line) => usd(line.charged_usd - line.adjusted_usd),
    },
  ];
  const lines = usage.data?.items ?? [];
  const total = usage.data?.total;
  return (
    <Page
      title={<Trans>Statement of {month}</Trans>}
      actions={
        <>
          <input
            type="month"
            aria-label={t`Month`}
            className={`${INPUT} w-auto`}
            value={month}
            onChange={(event) => void go({ search: { month: event.target.value } })}
          />
          <Button
            onClick={() =>
              download(
                `statement-${id}-${month}.csv`,
                csvOf([
                  columns.map((column) => column.id),
                  ...lines.map((line) => columns.map(({ text }) => text(line))),
                ]),
              )
            }
          >
            <Trans>Export CSV</Trans>
          </Button>
          <Button weight="primary" onClick={() => globalThis.print()}>
            <Trans>Print</Trans>
          </Button>
        </>
      }
    >
      <ProblemNote error={customer.error ?? usage.error} />
      {customer.data === undefined || total === undefined ? (
        <Loading />
      ) : (
        <>
          <Panel
            title={
              <Link to="/customers/$customer" params={{ customer: id }} className="hover:underline">
                {customer.data.name}
              </Link>
            }
          >
            <Facts>
              <Fact name={<Trans>External id</Trans>}>{customer.data.external_id ?? '–'}</Fact>
              <Fact name={<Trans>Period</Trans>}>
                {usage.data?.from.slice(0, 10)} – {usage.data?.to.slice(0, 10)} (UTC)
              </Fact>
              <Fact name={<Trans>Terms</Trans>}>
                <Trans>list price × {customer.data.markup}</Trans>
              </Fact>
            </Facts>
          </Panel>
          <div className="min-w-0 rounded-lg border border-line bg-panel">
            {lines.length === 0 ? (
              <Empty>
                <Trans>Nothing was charged in this month.</Trans>
              </Empty>
            ) : (
              <Table label={t`Statement`} columns={columns} rows={lines} />
            )}
            <p className="flex justify-between border-t border-line px-4 py-3 text-base font-semibold">
              <span>
                <Trans>Due in all</Trans>
              </span>
              <span className="tabular-nums">{usd(total.charged_usd - total.adjusted_usd)}</span>
            </p>
          </div>
        </>
      )}
    </Page>
  );
}
