// GET /admin/health: what needs the operator's attention, in sentences, and the figures behind it.

import type { Concerning } from '../../features/catalogue-sync/unsold-store.ts';
import type { SyncState } from '../../features/catalogue-sync/sync-store.ts';
import { getHealth, LOSS_DAYS, type Health } from '../../features/health/get.ts';
import type { HeldBack, OpenJobs, Vitals } from '../../features/health/store.ts';
import { marginOf, type Usage } from '../../features/usage/usage.ts';
import { getMetrics } from '../../features/health/metrics.ts';
import { answer, route, textAnswer } from '../../http/route.ts';
import { usd } from '../../lib/money.ts';
import type { HealthView } from './health-view.ts';
import { showInstant } from '../../http/paging.ts';

export const healthRoutes = {
  getHealth: route({
    method: 'GET',
    path: '/admin/health',
    door: 'admin',
    summary: 'Get what needs your attention, and the figures behind it.',
    // The status is 503 while the gateway fails, so that a monitor needs only the status.
    status: [200, 503],
    refusals: [],
    async run({ runtime }) {
      const health = await getHealth(runtime);
      return answer(showHealth(health, runtime.version), { status: health.status === 'failing' ? 503 : 200 });
    },
  }),
  getMetrics: route({
    method: 'GET',
    path: '/admin/metrics',
    door: 'admin',
    summary: 'Get metrics in Prometheus text format, at most 15 seconds old.',
    text: true,
    refusals: [],
    run: async ({ runtime }) =>
      textAnswer(await getMetrics(runtime), 'text/plain; version=0.0.4; charset=utf-8'),
  }),
};

function showHealth(health: Health, version: string): HealthView {
  const { status, concerns, submits, vitals, accounts, sync, models, refusals, booked, latency } = health;
  return {
    status,
    concerns,
    version,
    submits,
    cron_ran_at: showInstant(vitals.cron?.ranAtMs ?? null),
    cron_left_jobs: vitals.cron?.leftJobs ?? null,
    cron_used_up: vitals.cron?.usedUp ?? null,
    oldest_due: showInstant(vitals.oldestDueMs),
    customers_held_back: vitals.heldBack.map(showHeldBack),
    accounts: accounts.map(showAccount),
    open_jobs: vitals.open.map(showOpen),
    catalogue: showLastSync(sync),
    unsold_models: models
      .filter(({ isUnsold }) => isUnsold)
      .slice(0, MAX_MODELS)
      .map(showUnsold),
    refused_inputs: refusals.map(({ modelId, input, rule, refused }) => ({
      model_id: modelId,
      input: input === '' ? null : input,
      rule,
      refused,
    })),
    today: showUsage(booked),
    submit_latency: { submits: latency.submits, p50_ms: latency.p50Ms, p95_ms: latency.p95Ms },
    losses: showLosses(vitals),
  };
}

const MAX_MODELS = 200;

function showUnsold({
  id,
  findings: { unpriced, unusable, mend },
}: Concerning): HealthView['unsold_models'][number] {
  return { model_id: id, reason: unpriced ?? unusable ?? '', price: mend ?? null };
}

function showLastSync({ report, progress }: SyncState): HealthView['catalogue'] {
  return {
    state: progress === null ? (report?.state ?? 'never synced') : 'running',
    finished_at: report?.finished_at ?? null,
    models: report?.models ?? null,
    held: countOf(report?.held),
    gone: countOf(report?.gone),
    unpriced: countOf(report?.unpriced),
    not_understood: countOf(report?.not_understood),
  };
}

function countOf(list: unknown[] | undefined): number {
  return list?.length ?? 0;
}

function showAccount(account: Health['accounts'][number]): HealthView['accounts'][number] {
  return {
    id: account.id,
    label: account.label,
    status: account.status,
    takes_jobs: account.obstacle === null,
    why_not: account.obstacle,
    state: account.state,
    since: account.sinceMs === 0 ? null : showInstant(account.sinceMs),
    silent_since: showInstant(account.silentSinceMs),
    balance_usd: account.balanceMicros === null ? null : usd(account.balanceMicros),
    balance_read_at: showInstant(account.balanceAtMs),
  };
}

function showHeldBack(held: HeldBack): HealthView['customers_held_back'][number] {
  const { customer, unknown_in_a_row, since_ms, next_ms } = held;
  return { customer, unknown_in_a_row, since: showInstant(since_ms), next_submit: showInstant(next_ms) };
}

function showOpen({ state, jobs, held_micros, oldest_ms }: OpenJobs): HealthView['open_jobs'][number] {
  return { state, jobs, held_usd: usd(held_micros), oldest: showInstant(oldest_ms) };
}

function showUsage(usage: Usage): HealthView['today'] {
  return {
    jobs: usage.jobs,
    charged_usd: usd(Number(usage.charged)),
    cost_usd: usd(Number(usage.cost)),
    loss_usd: usd(Number(usage.loss)),
    margin_usd: usd(Number(marginOf(usage))),
  };
}

function showLosses({ losses, flaggedJobs }: Vitals): HealthView['losses'] {
  return {
    days: LOSS_DAYS,
    lost_jobs: losses.lost_jobs,
    possible_usd: usd(losses.possible_micros),
    cost_above_hold_usd: usd(losses.above_hold_micros),
    cost_of_unsuccessful_usd: usd(losses.unsuccessful_micros),
    flagged_jobs: flaggedJobs,
  };
}
