// GET /admin/health: what needs the operator, in sentences, and the figures behind it.

import { readSync } from '../../features/catalogue-sync/sync-store.ts';
import type { AccountsRuntime } from '../../features/accounts/account.ts';
import { readVitals, type Losses, type OpenJobs, type Vitals } from '../../features/health/store.ts';
import { getGatewaySettings } from '../../features/settings/store.ts';
import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { usd } from '../../lib/money.ts';
import {
  listAccounts,
  type AccountState,
  type UpstreamAccount,
} from '../../features/accounts/account-store.ts';
import { listUsage } from '../../features/usage/store.ts';
import { marginOf, totalOf, type Usage } from '../../features/usage/usage.ts';
import { showInstant } from '../../http/paging.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LOSS_DAYS = 30;

type Sync = Awaited<ReturnType<typeof readSync>>;

type Concern = { code: string; detail: string };

const STOPS: Record<Exclude<AccountState, 'ok'>, string> = {
  no_balance: 'RunComfy says that its balance is spent: top it up.',
  bad_token: 'RunComfy refuses its token: replace it.',
  unknown_outcomes: 'RunComfy left too many submits in a row without an answer.',
};

export function healthApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const deps = c.get('deps');
    const nowMs = deps.clock.now();
    const [vitals, accounts, settings, sync, usage] = await Promise.all([
      readVitals(deps.db, {
        overdueMs: nowMs - 5 * MINUTE_MS,
        sinceMs: nowMs - LOSS_DAYS * DAY_MS,
        dayMs: nowMs - DAY_MS,
      }),
      listAccounts(deps.db),
      getGatewaySettings(deps.db),
      readSync(deps.db),
      listUsage(deps.db, {
        period: { fromMs: nowMs - DAY_MS, toMs: nowMs + 1 },
        groups: [],
        customer: null,
        token: '',
      }),
    ]);
    const concerns = [
      ...deps.mistakes.map((detail) => ({ code: 'setting_wrong', detail })),
      ...(settings.submits === 'off'
        ? [{ code: 'submits_off', detail: 'New submits are switched off in /admin/settings.' }]
        : []),
      ...accounts.flatMap((account) => concernsOf(account, deps)),
      ...concernsOfJobs(vitals, nowMs),
      ...concernsOfSync(sync),
    ];
    return c.json({
      status: concerns.length === 0 ? 'ok' : 'attention',
      concerns,
      submits: settings.submits,
      cron_ran_at: showInstant(vitals.cronRanAtMs),
      accounts: accounts.map(showAccount),
      open_jobs: vitals.open.map(showOpen),
      catalogue: showLastSync(sync),
      last_24_hours: showUsage(totalOf(usage.rows)),
      losses: { days: LOSS_DAYS, ...showLosses(vitals.losses), flagged_jobs: vitals.flaggedJobs },
    });
  });
  return api;
}

function concernsOf(account: UpstreamAccount, { settings, clock }: AccountsRuntime): Concern[] {
  const { id, state, closedTo, balanceMicros, balanceAtMs } = account;
  const hours = balanceAtMs === null ? 0 : Math.floor((clock.now() - balanceAtMs) / HOUR_MS);
  const age = hours >= 3 ? `${hours} hours` : null;
  const concerns: Concern[] = [];
  if (state !== 'ok') {
    const whose = closedTo === null ? '' : ` of ${closedTo}`;
    const detail = `Account ${id} takes only one submit a minute${whose}, as a probe. ${STOPS[state]}`;
    concerns.push({ code: `account_${state}`, detail });
  }
  if (balanceMicros !== null && balanceMicros < settings.balanceWarningMicros) {
    const detail = `Account ${id} has ${usd(balanceMicros)} USD left at RunComfy${age === null ? '' : `, as read ${age} ago`}.`;
    concerns.push({ code: 'balance_low', detail });
  }
  if (balanceAtMs === null || age !== null) {
    const detail = `The balance of account ${id} has not been read ${age === null ? 'yet' : `for ${age}`}.`;
    concerns.push({ code: 'balance_unknown', detail });
  }
  return concerns;
}

function concernsOfJobs({ cronRanAtMs, open, losses }: Vitals, nowMs: number): Concern[] {
  const concerns: Concern[] = [];
  if (cronRanAtMs === null || nowMs - cronRanAtMs > 5 * MINUTE_MS) {
    const detail = `The cron has not run ${sinceText(cronRanAtMs, 'five minutes')}: jobs that nobody polls do not end.`;
    concerns.push({ code: 'cron_silent', detail });
  }
  const overdue = open.reduce((sum, state) => sum + state.overdue, 0);
  if (overdue > 0) {
    const detail = `The cron is behind with ${jobsIn(overdue)}: raise CRON_JOBS.`;
    concerns.push({ code: 'cron_behind', detail });
  }
  const unconfirmed = open.find(({ state }) => state === 'unconfirmed');
  if (unconfirmed !== undefined) {
    const detail =
      `Nobody knows whether RunComfy took ${jobsIn(unconfirmed.jobs)}. Look in RunComfy's list of generations, ` +
      'then POST /admin/jobs/{id}/resolve.';
    concerns.push({ code: 'jobs_unconfirmed', detail });
  }
  if (losses.lost_today > 0) {
    const detail = `Lost in 24 hours: ${jobsIn(losses.lost_today)}. GET /admin/jobs?state=lost lists them.`;
    concerns.push({ code: 'jobs_lost', detail });
  }
  return concerns;
}

function concernsOfSync({ report }: Sync): Concern[] {
  const held = [...listOf(report, 'held'), ...listOf(report, 'gone')].length;
  const concerns: Concern[] = [];
  if (report?.state === 'failed') {
    const detail = `The last sync of the catalogue failed: ${report.reason}. It is tried again.`;
    concerns.push({ code: 'catalogue_failed', detail });
  }
  if (held > 0) {
    const models = held === 1 ? '1 model waits' : `${held} models wait`;
    const detail =
      `A price that leapt, or too many gone at once: ${models} for your word. GET /admin/models/sync lists them, ` +
      'POST /admin/models/sync with {"accept": [...]} accepts.';
    concerns.push({ code: 'catalogue_held', detail });
  }
  return concerns;
}

function showLastSync({ report, progress }: Sync): Record<string, unknown> {
  return {
    state: progress === null ? (report?.['state'] ?? 'never synced') : 'running',
    finished_at: report?.['finished_at'] ?? null,
    models: report?.['models'] ?? null,
    held: listOf(report, 'held').length,
    gone: listOf(report, 'gone').length,
    unpriced: listOf(report, 'unpriced').length,
    not_understood: listOf(report, 'not_understood').length,
  };
}

function listOf(report: Sync['report'], name: 'held' | 'gone' | 'unpriced' | 'not_understood'): unknown[] {
  return report?.[name] ?? [];
}

function sinceText(lastMs: number | null, limit: string): string {
  return lastMs === null ? 'yet' : `for more than ${limit}`;
}

function jobsIn(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`;
}

function showAccount(account: UpstreamAccount): Record<string, unknown> {
  return {
    id: account.id,
    label: account.label,
    state: account.state,
    since: account.sinceMs === 0 ? null : showInstant(account.sinceMs),
    unknown_in_a_row: account.unknownInARow,
    closed_to: account.closedTo,
    balance_usd: account.balanceMicros === null ? null : usd(account.balanceMicros),
    balance_read_at: showInstant(account.balanceAtMs),
  };
}

function showOpen({ state, jobs, held_micros, oldest_ms }: OpenJobs): Record<string, unknown> {
  return { state, jobs, held_usd: usd(held_micros), oldest: showInstant(oldest_ms) };
}

function showUsage(usage: Usage): Record<string, unknown> {
  return {
    jobs: usage.jobs,
    charged_usd: usd(Number(usage.charged)),
    cost_usd: usd(Number(usage.cost)),
    loss_usd: usd(Number(usage.loss)),
    margin_usd: usd(Number(marginOf(usage))),
  };
}

function showLosses(losses: Losses): Record<string, unknown> {
  return {
    lost_jobs: losses.lost_jobs,
    possible_usd: usd(losses.possible_micros),
    cost_above_hold_usd: usd(losses.above_hold_micros),
    cost_of_unsuccessful_usd: usd(losses.unsuccessful_micros),
  };
}
