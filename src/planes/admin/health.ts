// GET /admin/health: what needs the operator, in sentences, and the figures behind it.

import { listAccounts, type UpstreamAccount } from '../../features/accounts/account-store.ts';
import { readSync } from '../../features/catalogue-sync/sync-store.ts';
import { concernsOf, listOf, type Sync } from '../../features/health/concerns.ts';
import { readVitals, type HeldBack, type Losses, type OpenJobs } from '../../features/health/store.ts';
import { getGatewaySettings } from '../../features/settings/store.ts';
import { listUsage } from '../../features/usage/store.ts';
import { marginOf, totalOf, type Usage } from '../../features/usage/usage.ts';
import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { usd } from '../../lib/money.ts';
import { showInstant } from '../../http/paging.ts';

const DAY_MS = 86_400_000;
const LOSS_DAYS = 30;

export function healthApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => {
    const deps = c.get('deps');
    const nowMs = deps.clock.now();
    const [vitals, accounts, settings, sync, usage] = await Promise.all([
      readVitals(deps.db, {
        nowMs,
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
    const concerns = concernsOf({
      nowMs,
      mistakes: deps.mistakes,
      settings: deps.settings,
      submits: settings.submits,
      accounts,
      vitals,
      sync,
    });
    return c.json({
      status: concerns.length === 0 ? 'ok' : 'attention',
      concerns,
      submits: settings.submits,
      cron_ran_at: showInstant(vitals.cron?.ranAtMs ?? null),
      cron_left_jobs: vitals.cron?.leftJobs ?? null,
      cron_used_up: vitals.cron?.usedUp ?? null,
      oldest_due: showInstant(vitals.oldestDueMs),
      customers_held_back: vitals.heldBack.map(showHeldBack),
      accounts: accounts.map(showAccount),
      open_jobs: vitals.open.map(showOpen),
      catalogue: showLastSync(sync),
      last_24_hours: showUsage(totalOf(usage.rows)),
      losses: { days: LOSS_DAYS, ...showLosses(vitals.losses), flagged_jobs: vitals.flaggedJobs },
    });
  });
  return api;
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

function showAccount(account: UpstreamAccount): Record<string, unknown> {
  return {
    id: account.id,
    label: account.label,
    state: account.state,
    since: account.sinceMs === 0 ? null : showInstant(account.sinceMs),
    silent_since: showInstant(account.silentSinceMs),
    balance_usd: account.balanceMicros === null ? null : usd(account.balanceMicros),
    balance_read_at: showInstant(account.balanceAtMs),
  };
}

function showHeldBack({ customer, unknown_in_a_row, since_ms, next_ms }: HeldBack): Record<string, unknown> {
  return { customer, unknown_in_a_row, since: showInstant(since_ms), next_submit: showInstant(next_ms) };
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
