// The charges of one customer in a month, by model and by the price at that time. A page to print or to send.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AnswerOf } from '../../api/client.ts';
import { getStatement } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { download } from '../../ui/csv.ts';
import { INPUT } from '../../ui/field.tsx';
import { count, usd } from '../../ui/format.ts';
import { Empty, Fact, Facts, Loading, Page, Panel } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, tableCsv, type Column } from '../../ui/table.tsx';
import { priceText } from '../models/price-text.ts';

const route = getRouteApi('/shell/customers/$customer/statement');

/** Any other text in the URL, and an emptied field, is this month. */
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

type Statement = AnswerOf<'getStatement'>;
type Line = Statement['lines'][number];

export function StatementPage() {
  const { customer: id } = route.useParams();
  const { month: asked = '' } = route.useSearch();
  const month = MONTH.test(asked) ? asked : new Date().toISOString().slice(0, 7);
  const { data, error } = useQuery({
    queryKey: ['statement', id, month],
    queryFn: () => getStatement({ params: { customer: id }, query: { month } }),
  });
  return (
    <Page
      title={<Trans>Statement for {month}</Trans>}
      actions={<Actions id={id} month={month} lines={data?.lines ?? []} />}
    >
      <ProblemNote error={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Parties statement={data} />
          <Lines statement={data} />
        </>
      )}
    </Page>
  );
}

function Actions({ id, month, lines }: { id: string; month: string; lines: Line[] }) {
  const { t } = useLingui();
  const go = route.useNavigate();
  const columns = columnsOf(t`own price`);
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

function Parties({
  statement: { customer, name, external_id: externalId, from, to },
}: {
  statement: Statement;
}) {
  return (
    <Panel
      title={
        <Link to="/customers/$customer" params={{ customer }} className="hover:underline">
          {name}
        </Link>
      }
    >
      <Facts>
        <Fact name={<Trans>External id</Trans>}>{externalId ?? '–'}</Fact>
        <Fact name={<Trans>Period</Trans>}>
          <Trans>
            From {from.slice(0, 10)} (inclusive) to {to.slice(0, 10)} (exclusive), UTC
          </Trans>
        </Fact>
      </Facts>
    </Panel>
  );
}

function Lines({ statement: { lines, total } }: { statement: Statement }) {
  const { t } = useLingui();
  return (
    <div className="min-w-0 rounded-lg border border-line bg-panel">
      {lines.length === 0 ? (
        <Empty>
          <Trans>No charges in this month.</Trans>
        </Empty>
      ) : (
        <Table label={t`Statement`} columns={columnsOf(t`own price`)} rows={lines} />
      )}
      <p className="flex justify-between border-t border-line px-4 py-3 text-base font-semibold">
        <span>
          <Trans>Total due</Trans>
        </span>
        <span className="tabular-nums">{usd(total.due_usd)}</span>
      </p>
    </div>
  );
}

function moneyColumn(
  id: 'unit_usd' | 'charged_usd' | 'adjusted_usd' | 'due_usd',
  header: ReactNode,
): Column<Line> {
  return { id, header, isNumber: true, text: (line) => String(line[id]), cell: (line) => usd(line[id]) };
}

function countColumn(id: 'jobs' | 'succeeded', header: ReactNode): Column<Line> {
  return { id, header, isNumber: true, text: (line) => String(line[id]), cell: (line) => count(line[id]) };
}

/** The list price at the time of the jobs, or the words for an own price. */
function listPriceOf({ price }: Line, ownPrice: string): string {
  return price === null ? '' : price.own ? ownPrice : priceText(price);
}

function columnsOf(ownPrice: string): Column<Line>[] {
  return [
    {
      id: 'model_id',
      header: <Trans>Model</Trans>,
      text: (line) => line.model_id,
      cell: (line) => <span className="block min-w-40 break-all">{line.model_id}</span>,
    },
    {
      id: 'list_price',
      header: <Trans>List price</Trans>,
      text: (line) => listPriceOf(line, ownPrice),
      cell: (line) => <span className="block min-w-32">{listPriceOf(line, ownPrice)}</span>,
    },
    {
      id: 'markup',
      header: <Trans>Mark-up</Trans>,
      isNumber: true,
      text: ({ markup, price }) => (price?.own === true ? '' : String(markup)),
      cell: ({ markup, price }) => (price?.own === true ? '–' : `× ${markup}`),
    },
    moneyColumn('unit_usd', <Trans>Unit price</Trans>),
    countColumn('jobs', <Trans>Jobs</Trans>),
    countColumn('succeeded', <Trans>Succeeded</Trans>),
    moneyColumn('charged_usd', <Trans>Charged</Trans>),
    moneyColumn('adjusted_usd', <Trans>Refunded</Trans>),
    moneyColumn('due_usd', <Trans>Due</Trans>),
  ];
}
