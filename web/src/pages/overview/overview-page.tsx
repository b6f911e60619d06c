// The overview: concerns, the figures of the last days, and the largest customers and models.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { AnswerOf } from '../../api/client.ts';
import { getHealth, getOverview } from '../../api/operations.ts';
import { count, percent, usd } from '../../ui/format.ts';
import { INPUT } from '../../ui/field.tsx';
import { Empty, Loading, Page, Panel, Stat, Time } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Concerns } from './concerns.tsx';
import { Shares } from './shares.tsx';

// Recharts is the largest part of the console, so only pages with a chart load it.
const Charts = lazy(() => import('./charts.tsx'));

const route = getRouteApi('/shell/');

export function OverviewPage() {
  const { t } = useLingui();
  const { days = '30' } = route.useSearch();
  const go = route.useNavigate();
  const chosen = days === '7' || days === '90' ? days : '30';
  const health = useQuery({ queryKey: ['health'], queryFn: () => getHealth({}), refetchInterval: 30_000 });
  const overview = useQuery({
    queryKey: ['overview', chosen],
    queryFn: () => getOverview({ query: { days: chosen } }),
    placeholderData: (before) => before,
  });
  return (
    <Page
      title={<Trans>Overview</Trans>}
      actions={
        <select
          aria-label={t`Period`}
          className={INPUT}
          value={chosen}
          onChange={(event) => void go({ search: { days: event.target.value } })}
        >
          <option value="7">{t`Last 7 days`}</option>
          <option value="30">{t`Last 30 days`}</option>
          <option value="90">{t`Last 90 days`}</option>
        </select>
      }
    >
      <ProblemNote error={health.error ?? overview.error} />
      {health.data === undefined ? null : <Concerns health={health.data} />}
      {overview.data === undefined || health.data === undefined ? (
        <Loading />
      ) : (
        <Figures overview={overview.data} health={health.data} />
      )}
    </Page>
  );
}

type Props = { overview: AnswerOf<'getOverview'>; health: AnswerOf<'getHealth'> };

function Figures({ overview, health }: Props) {
  const { total, days, customers, models, until } = overview;
  const open = health.open_jobs.reduce((sum, { jobs }) => sum + jobs, 0);
  const held = health.open_jobs.reduce((sum, { held_usd }) => sum + held_usd, 0);
  const share = total.charged_usd === 0 ? null : total.margin_usd / total.charged_usd;
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat name={<Trans>Jobs</Trans>} note={<Trans>{count(total.succeeded)} succeeded</Trans>}>
          {count(total.jobs)}
        </Stat>
        <Stat name={<Trans>Charged</Trans>} note={<Trans>{usd(total.adjusted_usd)} refunded</Trans>}>
          {usd(total.charged_usd)}
        </Stat>
        <Stat name={<Trans>Cost at RunComfy</Trans>}>{usd(total.cost_usd)}</Stat>
        <Stat
          name={<Trans>Margin</Trans>}
          note={share === null ? undefined : percent(share)}
          {...toneOf(total.margin_usd < 0)}
        >
          {usd(total.margin_usd)}
        </Stat>
        <Stat
          name={<Trans>Loss</Trans>}
          note={<Trans>cost not charged to any customer</Trans>}
          {...toneOf(total.loss_usd > 0)}
        >
          {usd(total.loss_usd)}
        </Stat>
        <Stat name={<Trans>Open jobs</Trans>} note={<Trans>now</Trans>}>
          {count(open)}
        </Stat>
        <Stat name={<Trans>Open holds</Trans>} note={<Trans>now</Trans>}>
          {usd(held)}
        </Stat>
        <Balances health={health} />
      </dl>
      {total.jobs === 0 ? (
        <Panel title={<Trans>No ended jobs yet</Trans>}>
          <Empty>
            <p>
              <Trans>
                Create a{' '}
                <Link to="/customers" className="text-accent underline">
                  customer
                </Link>
                , issue a key, and let them submit a job. It appears under{' '}
                <Link to="/jobs" className="text-accent underline">
                  Jobs
                </Link>{' '}
                immediately, and here when it ends.
              </Trans>
            </p>
          </Empty>
        </Panel>
      ) : (
        <>
          <Suspense fallback={<Loading />}>
            <Charts days={days} />
          </Suspense>
          <div className="grid gap-5 xl:grid-cols-2">
            <Shares
              title={<Trans>Largest customers</Trans>}
              rows={customers.map(({ customer, name, ...sums }) => ({
                id: customer,
                name: name ?? customer,
                ...sums,
              }))}
              to="/customers/$customer"
            />
            <Shares
              title={<Trans>Largest models</Trans>}
              rows={models.map(({ model_id, ...sums }) => ({ id: model_id, name: model_id, ...sums }))}
              to="/model/$"
            />
          </div>
          <p className="text-xs text-quiet">
            <Trans>
              These figures include all jobs settled before <Time at={until} />. Days are in UTC.
            </Trans>
          </p>
        </>
      )}
    </>
  );
}

function toneOf(isBad: boolean): { tone?: 'bad' } {
  return isBad ? { tone: 'bad' } : {};
}

function Balances({ health }: { health: AnswerOf<'getHealth'> }) {
  const known = health.accounts.flatMap(({ balance_usd }) => balance_usd ?? []);
  const [oldest = null] = health.accounts.flatMap(({ balance_read_at }) => balance_read_at ?? []).toSorted();
  return (
    <Stat name={<Trans>Balance at RunComfy</Trans>} note={oldest === null ? undefined : <Time at={oldest} />}>
      {known.length === 0 ? <Trans>not read yet</Trans> : usd(known.reduce((sum, one) => sum + one, 0))}
    </Stat>
  );
}
