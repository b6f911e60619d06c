// The figures for a monitor, in Prometheus's text format. Bookings count from midnight UTC, so that a scrape reads the rows
// of a day and not of a year; Prometheus accepts counters that restart.

import { usd } from '../../lib/money.ts';
import { ENV_ACCOUNT } from '../accounts/account.ts';
import type { AccountHealth } from '../accounts/read.ts';
import type { Usage } from '../usage/usage.ts';
import { getHealth, type Health } from './get.ts';
import type { HealthRuntime } from './memory.ts';

const KEPT_MS = 15_000;
const ENDS = ['succeeded', 'failed', 'cancelled', 'lost'] as const satisfies (keyof Usage)[];

type Sample = { labels?: Record<string, string>; value: number };
type Metric = { name: string; type: 'gauge' | 'counter'; help: string; samples: Sample[] };

export async function getMetrics(deps: HealthRuntime): Promise<string> {
  const nowMs = deps.clock.now();
  const kept = deps.memory.metrics;
  if (kept !== null && nowMs < kept.untilMs) {
    return kept.text;
  }
  const health = await getHealth(deps);
  const metrics = [
    ...bookingMetrics(health),
    submitMetric(health),
    ...jobMetrics(health),
    ...accountMetrics(health),
    ...cronMetrics(health, nowMs),
  ];
  const text = metrics.map(render).join('');
  deps.memory.metrics = { text, untilMs: nowMs + KEPT_MS };
  return text;
}

function bookingMetrics({ status, concerns, booked }: Health): Metric[] {
  return [
    gauge('comfygate_failing', '1 while submits are refused or jobs do not end', [
      { value: status === 'failing' ? 1 : 0 },
    ]),
    gauge(
      'comfygate_concerns',
      'What /admin/health lists, by code',
      [...Map.groupBy(concerns, ({ code }) => code)].map(([code, ones]) => ({
        labels: { code },
        value: ones.length,
      })),
    ),
    counter(
      'comfygate_jobs_ended_total',
      'Jobs settled since midnight UTC, by their end',
      ENDS.map((end) => ({ labels: { end }, value: booked[end] })),
    ),
    counter('comfygate_charged_usd_total', 'Charged to customers since midnight UTC', [
      { value: usd(Number(booked.charged)) },
    ]),
    counter('comfygate_cost_usd_total', 'Reported by RunComfy as cost since midnight UTC', [
      { value: usd(Number(booked.cost)) },
    ]),
  ];
}

function submitMetric({ latency }: Health): Metric {
  const quantiles = [
    { quantile: '0.5', ms: latency.p50Ms },
    { quantile: '0.95', ms: latency.p95Ms },
  ];
  return gauge(
    'comfygate_submit_seconds',
    'From the arrival of a submit to its acceptance, since midnight UTC',
    quantiles.flatMap(({ quantile, ms }) =>
      ms === null ? [] : [{ labels: { quantile }, value: ms / 1000 }],
    ),
  );
}

function jobMetrics({ vitals: { open } }: Health): Metric[] {
  return [
    gauge(
      'comfygate_open_jobs',
      'Jobs that are not settled, by state',
      open.map(({ state, jobs }) => ({ labels: { state }, value: jobs })),
    ),
    gauge(
      'comfygate_open_holds_usd',
      'Held for jobs that are not settled, by state',
      open.map(({ state, held_micros }) => ({ labels: { state }, value: usd(held_micros) })),
    ),
  ];
}

function accountMetrics({ accounts }: Health): Metric[] {
  return [
    gauge(
      'comfygate_account_open',
      '1 while the RunComfy account takes jobs',
      accounts
        .filter(isInUse)
        .map(({ id, obstacle }) => ({ labels: { account: id }, value: obstacle === null ? 1 : 0 })),
    ),
    gauge(
      'comfygate_account_balance_usd',
      'Left at RunComfy when it was last read',
      accounts.flatMap(({ id, balanceMicros }) =>
        balanceMicros === null ? [] : [{ labels: { account: id }, value: usd(balanceMicros) }],
      ),
    ),
  ];
}

/** False for an account that is not active by hand, and for the account of the environment without its token. */
function isInUse({ id, status, hint }: AccountHealth): boolean {
  return status === 'active' && (id !== ENV_ACCOUNT || hint !== '');
}

function cronMetrics({ vitals: { cron, oldestDueMs } }: Health, nowMs: number): Metric[] {
  const seconds = (sinceMs: number) => Math.max(0, (nowMs - sinceMs) / 1000);
  return [
    gauge(
      'comfygate_cron_lag_seconds',
      'Since the cron last ran; absent before its first run',
      cron === null ? [] : [{ value: seconds(cron.ranAtMs) }],
    ),
    gauge('comfygate_cron_jobs_left', 'Due jobs that the last run of the cron left', [
      { value: cron?.leftJobs ?? 0 },
    ]),
    gauge('comfygate_oldest_due_seconds', 'Since the job became due that waits longest for the cron', [
      { value: oldestDueMs === null ? 0 : seconds(oldestDueMs) },
    ]),
  ];
}

function gauge(name: string, help: string, samples: Sample[]): Metric {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: Sample[]): Metric {
  return { name, type: 'counter', help, samples };
}

function render({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels = {}, value }) => `${name}${braced(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function braced(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
