// One job: its charge with the calculation behind it, and the actions for the operator.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { getJob } from '../../api/operations.ts';
import { usd } from '../../ui/format.ts';
import { Fact, Facts, Loading, Page, Panel, Time } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { CustomerLink } from '../customers/customer-link.tsx';
import { namesOf } from '../customers/names.ts';
import { JobState } from './job-state.tsx';
import { Output } from './output.tsx';
import { Refund } from './refund.tsx';
import { Resolve } from './resolve.tsx';

const route = getRouteApi('/shell/jobs/$job');

export type Job = AnswerOf<'getJob'> & { customer_name?: string };

export function JobPage() {
  const { job: id } = route.useParams();
  const { data: job, error } = useQuery({
    queryKey: ['job', id],
    queryFn: async () => {
      const found = await getJob({ params: { job: id } });
      const name = (await namesOf([found.customer])).get(found.customer);
      return name === undefined ? found : { ...found, customer_name: name };
    },
  });
  if (job === undefined) {
    return (
      <Page title={<Trans>Job</Trans>}>{error === null ? <Loading /> : <ProblemNote error={error} />}</Page>
    );
  }
  return (
    <Page
      title={
        <>
          <Trans>Job</Trans> <span className="font-mono text-base break-all">{job.id}</span>
        </>
      }
      actions={
        <>
          {(job.charge_usd ?? 0) > job.adjusted_usd ? <Refund job={job} /> : null}
          {job.state === 'unconfirmed' || job.state === 'lost' || job.state === 'running' ? (
            <Resolve job={job} />
          ) : null}
        </>
      }
    >
      <p className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-panel px-4 py-3">
        <JobState state={job.state} />
        <strong className="font-medium">{job.charge_reason}</strong>
      </p>
      {job.reason === null ? null : (
        <Panel title={<Trans>Failure reason</Trans>}>
          <p className="break-words">{job.reason}</p>
        </Panel>
      )}
      <div className="grid min-w-0 gap-5 xl:grid-cols-2">
        <Panel title={<Trans>Price and charge</Trans>}>
          <Arithmetic job={job} />
        </Panel>
        <Panel title={<Trans>Timeline</Trans>}>
          <Timeline job={job} />
        </Panel>
        <Panel title={<Trans>Ledger rows</Trans>}>
          <Ledger job={job} />
        </Panel>
        <Panel title={<Trans>Facts</Trans>}>
          <JobFacts job={job} />
        </Panel>
      </div>
      {job.result === null ? null : <Output result={job.result} />}
    </Page>
  );
}

function Arithmetic({ job }: { job: Job }) {
  const { t } = useLingui();
  const names = { unit: t`Unit price`, estimate: t`Estimate`, hold: t`Held`, charge: t`Charged` };
  return (
    <dl className="grid gap-2">
      {job.arithmetic.map(({ name, sum, usd: amount }) => (
        <div
          key={name}
          className="grid grid-cols-[6rem_minmax(0,1fr)_auto] gap-3 border-b border-line pb-2 last:border-0"
        >
          <dt className="text-quiet">{names[name]}</dt>
          <dd className="break-words">{sum}</dd>
          <dd className="text-right font-medium tabular-nums">{usd(amount)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Timeline({ job }: { job: Job }) {
  const { t } = useLingui();
  const names = {
    reserved: t`Reserved: money held, then sent to RunComfy`,
    created_upstream: t`RunComfy accepted it (RunComfy's clock)`,
    finished_upstream: t`RunComfy finished it (RunComfy's clock)`,
    ended: t`comfygate saw the end`,
    cost_known: t`RunComfy reported the cost`,
    settled: t`Settled: the hold became a charge or was released`,
  };
  return (
    <ol className="grid gap-2">
      {job.timeline.map(({ what, at }) => (
        <li key={what} className="grid gap-x-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
          <span className="text-quiet">
            <Time at={at} />
          </span>
          <span>{names[what]}</span>
        </li>
      ))}
    </ol>
  );
}

type Entry = { kind: string; amount: number; at: string; note: string };

function Ledger({ job }: { job: Job }) {
  const { t } = useLingui();
  const columns: Column<Entry>[] = [
    { id: 'at', header: <Trans>When</Trans>, text: ({ at }) => at, cell: ({ at }) => <Time at={at} /> },
    { id: 'kind', header: <Trans>Kind</Trans>, text: ({ kind }) => kind },
    {
      id: 'note',
      header: <Trans>Note</Trans>,
      text: ({ note }) => note,
      cell: ({ note }) => <span className="block min-w-16">{note}</span>,
    },
    {
      id: 'amount',
      header: <Trans>Amount</Trans>,
      isNumber: true,
      text: ({ amount }) => String(amount),
      cell: ({ amount }) => usd(amount),
    },
  ];
  const rows = [
    ...job.ledger.map(({ kind, amount_usd, at }) => ({ kind, amount: amount_usd, at, note: '' })),
    ...job.adjustments
      .map(({ amount_usd, created_at, note }) => ({
        kind: 'adjustment',
        amount: amount_usd,
        at: created_at,
        note: note ?? '',
      }))
      .toReversed(),
  ];
  return <Table label={t`Ledger`} columns={columns} rows={rows} file={`ledger-${job.id}.csv`} />;
}

function JobFacts({ job }: { job: Job }) {
  return (
    <Facts>
      <Fact name={<Trans>Customer</Trans>}>
        <CustomerLink of={job} />
      </Fact>
      <Fact name={<Trans>Key</Trans>}>
        <Link to="/keys" search={{ id: job.key }} className="break-all text-accent hover:underline">
          {job.key}
        </Link>
      </Fact>
      <Fact name={<Trans>Model</Trans>}>
        <Link
          to="/model/$"
          params={{ _splat: job.model_id }}
          className="break-all text-accent hover:underline"
        >
          {job.model_id}
        </Link>
      </Fact>
      <Fact name={<Trans>Upstream id</Trans>}>
        <span className="break-all">{job.upstream_id ?? '–'}</span>
      </Fact>
      <Fact name={<Trans>Trace id of the submit</Trans>}>
        <span className="break-all">{job.trace_id ?? '–'}</span>
      </Fact>
      <Fact name={<Trans>Account</Trans>}>{job.account}</Fact>
      <Fact name={<Trans>Cost at RunComfy</Trans>}>
        {job.cost_usd === null ? <Trans>not known</Trans> : usd(job.cost_usd)}
      </Fact>
      <Fact name={<Trans>Refunded</Trans>}>{usd(job.adjusted_usd)}</Fact>
    </Facts>
  );
}
