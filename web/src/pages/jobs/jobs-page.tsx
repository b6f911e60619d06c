// All jobs, with a search by job id, trace id, upstream id or Idempotency-Key.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { getJob, listJobs } from '../../api/operations.ts';
import { Refusal } from '../../api/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { usd } from '../../ui/format.ts';
import { Empty, Page, Time } from '../../ui/layout.tsx';
import { BY_AGE, List, type ListPage } from '../../ui/list.tsx';
import type { Column } from '../../ui/table.tsx';
import { customerColumns } from '../customers/customer-link.tsx';
import { named } from '../customers/names.ts';
import { JobState, STATES, useStateNames } from './job-state.tsx';

const route = getRouteApi('/shell/jobs');

type Job = AnswerOf<'listJobs'>['items'][number] & { customer_name?: string };
type Filter = ReturnType<typeof route.useSearch>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isState(text: string | undefined): text is Job['state'] {
  return STATES.some((state) => state === text);
}

/** Tries id, trace id, upstream id and Idempotency-Key (which needs a customer) in turn until one finds something. */
async function search(text: string, query: object): Promise<ListPage<Job>> {
  if (UUID.test(text)) {
    try {
      return { items: [await getJob({ params: { job: text } })], next_cursor: null };
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 404)) {
        throw error;
      }
    }
    const traced = await listJobs({ query: { ...query, trace_id: text } });
    if (traced.items.length > 0) {
      return traced;
    }
  }
  const upstream = await listJobs({ query: { ...query, upstream_id: text } });
  return upstream.items.length > 0 ? upstream : listJobs({ query: { ...query, idempotency_key: text } });
}

function ask({ search: text, state, order: _order, cursor: _cursor, ...filter }: Filter) {
  return async (page: { cursor?: string; limit?: number; order?: 'oldest' | 'newest' }) => {
    const query = { ...filter, ...(isState(state) ? { state } : {}), ...page };
    return named(await (text === undefined ? listJobs({ query }) : search(text.trim(), query)));
  };
}

export function JobsPage() {
  const { t } = useLingui();
  const columns = useColumns();
  const { cursor, ...filter } = route.useSearch();
  const isFiltered = Object.keys(filter).some((name) => name !== 'order');
  return (
    <Page title={<Trans>Jobs</Trans>}>
      <Filters key={JSON.stringify(filter)} filter={filter} />
      <List
        name="jobs"
        label={t`Jobs`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        orders={BY_AGE}
        begins="newest"
        ask={ask(filter)}
        empty={
          <Empty>
            {isFiltered ? (
              <Trans>No jobs match. To search by Idempotency-Key, also enter its customer.</Trans>
            ) : (
              <Trans>No jobs yet. Issue a key to a customer, so that they can submit one.</Trans>
            )}
          </Empty>
        }
      />
    </Page>
  );
}

function Filters({ filter }: { filter: Filter }) {
  const { t } = useLingui();
  const names = useStateNames();
  const go = route.useNavigate();
  return (
    <form
      role="search"
      className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-3"
      action={(form: FormData) => {
        const entries = [...form].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
        const order = filter.order === undefined ? {} : { order: filter.order };
        void go({ search: { ...order, ...Object.fromEntries(entries) } });
      }}
    >
      <div className="sm:col-span-2">
        <Field
          label={<Trans>Search</Trans>}
          name="search"
          defaultValue={filter.search}
          placeholder={t`job id, trace id, upstream id, Idempotency-Key`}
        />
      </div>
      <Field
        label={<Trans>Customer</Trans>}
        name="customer"
        defaultValue={filter.customer}
        placeholder="cus_…"
      />
      <Field label={<Trans>Key</Trans>} name="key" defaultValue={filter.key} placeholder="key_…" />
      <Field label={<Trans>Model</Trans>} name="model" defaultValue={filter.model} />
      <Select label={<Trans>State</Trans>} name="state" defaultValue={filter.state ?? ''}>
        <option value="">{t`all`}</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {names[state]}
          </option>
        ))}
      </Select>
      <Field
        label={<Trans>End user</Trans>}
        name="end_user"
        defaultValue={filter.end_user}
        placeholder={t`the id that the customer sent`}
      />
      <Field label={<Trans>From (UTC)</Trans>} name="from" type="date" defaultValue={filter.from} />
      <Field label={<Trans>Before (UTC)</Trans>} name="to" type="date" defaultValue={filter.to} />
      <div className="flex gap-2 sm:col-span-2 lg:col-span-3">
        <Button type="submit" weight="primary">
          <Trans>Show</Trans>
        </Button>
        <Button onClick={() => void go({ search: {} })}>
          <Trans>Clear</Trans>
        </Button>
      </div>
    </form>
  );
}

function useColumns(): Column<Job>[] {
  return [
    {
      id: 'id',
      header: <Trans>Job</Trans>,
      text: ({ id }) => id,
      cell: ({ id }) => (
        <Link to="/jobs/$job" params={{ job: id }} className="text-accent hover:underline" title={id}>
          {id.slice(0, 8)}…
        </Link>
      ),
    },
    {
      id: 'created_at',
      header: <Trans>Submitted</Trans>,
      text: (job) => job.created_at,
      cell: (job) => <Time at={job.created_at} />,
    },
    {
      id: 'state',
      header: <Trans>State</Trans>,
      text: ({ state }) => state,
      cell: ({ state, reason }) => (
        <div className="grid min-w-28 justify-items-start gap-1">
          <JobState state={state} />
          {reason === null ? null : (
            <span className="line-clamp-2 max-w-64 text-xs break-words" title={reason}>
              {reason}
            </span>
          )}
        </div>
      ),
    },
    { id: 'reason', header: <Trans>Reason</Trans>, isFileOnly: true, text: ({ reason }) => reason ?? '' },
    ...customerColumns<Job>(),
    {
      id: 'model_id',
      header: <Trans>Model</Trans>,
      text: (job) => job.model_id,
      cell: (job) => <span className="block min-w-44 break-words">{job.model_id}</span>,
    },
    {
      id: 'charge_usd',
      header: <Trans>Charged</Trans>,
      isNumber: true,
      text: (job) => (job.charge_usd === null ? '' : String(job.charge_usd)),
      cell: (job) =>
        job.charge_usd === null ? (
          <span className="text-quiet">
            <Trans>{usd(job.hold_usd)} held</Trans>
          </span>
        ) : (
          usd(job.charge_usd)
        ),
    },
    {
      id: 'cost_usd',
      header: <Trans>Cost</Trans>,
      isNumber: true,
      text: (job) => (job.cost_usd === null ? '' : String(job.cost_usd)),
      cell: (job) => (job.cost_usd === null ? '–' : usd(job.cost_usd)),
    },
    {
      id: 'hold_usd',
      header: <Trans>Held</Trans>,
      isFileOnly: true,
      text: (job) => String(job.hold_usd),
    },
  ];
}
