// Usage in a period by group: the ten largest and the sum of the others, compared with the previous period.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { reportUsage } from '../../api/operations.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { count, percent, usd } from '../../ui/format.ts';
import { Empty, Loading, Page, Stat } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { CustomerLink } from '../customers/customer-link.tsx';
import { namesOf } from '../customers/names.ts';

const route = getRouteApi('/shell/usage');

type Report = AnswerOf<'reportUsage'>;
type Line = Report['items'][number];
type Row = Omit<Line, 'customer' | 'key' | 'model_id' | 'day'> & {
  name: string;
  customer?: string | undefined;
};

const GROUPS = ['customer', 'model', 'key', 'day'] as const;
type Group = (typeof GROUPS)[number];

const NAMED = 10;
const DAY_MS = 86_400_000;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** By default from the first day of this month to tomorrow. */
function periodOf({ from, to }: { from?: string; to?: string }): { from: string; to: string } {
  const now = new Date();
  return {
    from: from ?? day(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)),
    to: to ?? day(now.getTime() + DAY_MS),
  };
}

/** The previous period of the same length. */
function beforeOf({ from, to }: { from: string; to: string }): { from: string; to: string } {
  const length = Date.parse(to) - Date.parse(from);
  return { from: day(Date.parse(from) - length), to: from };
}

function nameOf(line: Line): string {
  return line.customer ?? line.model_id ?? line.key ?? line.day ?? '';
}

function largestOf(items: Line[]): Line[] {
  return items.toSorted((one, other) => other.charged_usd - one.charged_usd).slice(0, NAMED);
}

/** The ten largest by charge, and the others as one row. Days stay in their order. */
function rowsOf({ items, total }: Report, group: Group, others: string): Row[] {
  if (group === 'day') {
    return items.map((line) => ({ ...line, name: nameOf(line) }));
  }
  const named = largestOf(items).map((line) => ({ ...line, name: nameOf(line) }));
  if (items.length <= NAMED) {
    return named;
  }
  const rest = { ...total, name: others };
  for (const field of NUMBERS) {
    const left = named.reduce((sum, line) => sum - line[field], total[field]);
    // Doubles miss a difference by a hair: without rounding, nothing would be shown as -$0.00.
    rest[field] = Number(left.toFixed(6)) + 0;
  }
  return [...named, rest];
}

const NUMBERS = [
  'jobs',
  'succeeded',
  'failed',
  'charged_usd',
  'adjusted_usd',
  'cost_usd',
  'loss_usd',
  'margin_usd',
] as const;

export function UsagePage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const go = route.useNavigate();
  const group = GROUPS.find((one) => one === search.group) ?? 'customer';
  const period = periodOf(search);
  const of = search.customer === undefined ? {} : { customer: search.customer };
  const now = useQuery({
    queryKey: ['usage', period, group, of],
    queryFn: async () => {
      const report = await reportUsage({ query: { ...period, ...of, group_by: group } });
      const ids = largestOf(report.items).flatMap(({ customer }) => customer ?? []);
      return { report, names: await namesOf(ids) };
    },
  });
  const before = useQuery({
    queryKey: ['usage-before', period, of],
    queryFn: () => reportUsage({ query: { ...beforeOf(period), ...of } }),
  });
  const csv = `/admin/usage?${new URLSearchParams({ ...period, ...of, group_by: group, format: 'csv' })}`;
  return (
    <Page
      title={<Trans>Usage</Trans>}
      actions={
        <a href={csv} download={`usage-${period.from}-${period.to}.csv`} className={buttonClass()}>
          <Trans>Export CSV</Trans>
        </a>
      }
    >
      <form
        key={JSON.stringify(search)}
        role="search"
        className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_1fr_2fr_auto]"
        action={(form: FormData) => {
          const entries = [...form].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
          void go({ search: Object.fromEntries(entries) });
        }}
      >
        <Field label={<Trans>From (UTC)</Trans>} name="from" type="date" defaultValue={period.from} />
        <Field label={<Trans>Before (UTC)</Trans>} name="to" type="date" defaultValue={period.to} />
        <Select label={<Trans>Group by</Trans>} name="group" defaultValue={group}>
          <option value="customer">{t`customer`}</option>
          <option value="model">{t`model`}</option>
          <option value="key">{t`key`}</option>
          <option value="day">{t`day`}</option>
        </Select>
        <Field
          label={<Trans>Customer</Trans>}
          name="customer"
          defaultValue={search.customer}
          placeholder="cus_…"
        />
        <Button type="submit" weight="primary">
          <Trans>Show</Trans>
        </Button>
      </form>
      <ProblemNote error={now.error ?? before.error} />
      {now.data === undefined ? (
        now.error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Totals now={now.data.report.total} before={before.data?.total} />
          <div className="min-w-0 rounded-lg border border-line bg-panel">
            {now.data.report.items.length === 0 ? (
              <Empty>
                <Trans>No usage in this period.</Trans>
              </Empty>
            ) : (
              <Table
                label={t`Usage`}
                columns={columns(now.data.names)}
                rows={rowsOf(now.data.report, group, t`all others`)}
              />
            )}
          </div>
        </>
      )}
    </Page>
  );
}

type Total = Report['total'];

function Totals({ now, before }: { now: Total; before: Total | undefined }) {
  const note = (field: 'jobs' | 'charged_usd' | 'cost_usd' | 'margin_usd') =>
    before === undefined || before[field] === 0 ? undefined : (
      <Trans>
        {percent((now[field] - before[field]) / Math.abs(before[field]))} from the previous period
      </Trans>
    );
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat name={<Trans>Jobs</Trans>} note={note('jobs')}>
        {count(now.jobs)}
      </Stat>
      <Stat name={<Trans>Charged</Trans>} note={note('charged_usd')}>
        {usd(now.charged_usd)}
      </Stat>
      <Stat name={<Trans>Cost</Trans>} note={note('cost_usd')}>
        {usd(now.cost_usd)}
      </Stat>
      <Stat
        name={<Trans>Margin</Trans>}
        note={note('margin_usd')}
        {...(now.margin_usd < 0 ? { tone: 'bad' as const } : {})}
      >
        {usd(now.margin_usd)}
      </Stat>
    </dl>
  );
}

function columns(names: ReadonlyMap<string, string>): Column<Row>[] {
  const money = (
    id: 'charged_usd' | 'adjusted_usd' | 'cost_usd' | 'loss_usd' | 'margin_usd',
    header: React.ReactNode,
  ) => ({
    id,
    header,
    isNumber: true as const,
    text: (row: Row) => String(row[id]),
    cell: (row: Row) => usd(row[id]),
  });
  return [
    {
      id: 'name',
      header: <Trans>Group</Trans>,
      text: ({ name }) => name,
      cell: ({ name, customer }) =>
        customer === undefined ? (
          <span className="break-all">{name}</span>
        ) : (
          <CustomerLink of={{ customer, customer_name: names.get(customer) }} />
        ),
    },
    {
      id: 'jobs',
      header: <Trans>Jobs</Trans>,
      isNumber: true,
      text: ({ jobs }) => String(jobs),
      cell: ({ jobs }) => count(jobs),
    },
    {
      id: 'failed',
      header: <Trans>Failed</Trans>,
      isNumber: true,
      text: ({ failed }) => String(failed),
      cell: ({ failed }) => count(failed),
    },
    money('charged_usd', <Trans>Charged</Trans>),
    money('adjusted_usd', <Trans>Refunded</Trans>),
    money('cost_usd', <Trans>Cost</Trans>),
    money('loss_usd', <Trans>Loss</Trans>),
    money('margin_usd', <Trans>Margin</Trans>),
  ];
}
