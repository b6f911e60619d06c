// The concerns that need the operator: a code for machines, and a sentence that says what to do. Pure.

import { usd, type Micros } from '../../lib/money.ts';
import { ENV_ACCOUNT, stopOf, unreadable, type UpstreamAccount, type Vault } from '../accounts/account.ts';
import type { Concerning } from '../catalogue-sync/unsold-store.ts';
import type { SyncState } from '../catalogue-sync/sync-store.ts';
import type { Plan } from '../lifecycle/settings.ts';
import type { HeldBack, Vitals } from './store.ts';

export type Concern = { code: string; detail: string };

export type HealthSettings = { plan: Plan; balanceWarningMicros: Micros | 0; runcomfyToken: string | null };

type Situation = {
  nowMs: number;
  mistakes: string[];
  settings: HealthSettings;
  submits: 'on' | 'off';
  accounts: UpstreamAccount[];
  vault: Vault;
  vitals: Vitals;
  sync: SyncState;
  models: Concerning[];
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A job that is due for longer than this has waited for more than two runs. */
const BEHIND_MS = 5 * MINUTE_MS;

/** With one of these, submits are refused or jobs do not end. All others can wait. */
const FAILING = ['setting_wrong', 'no_account', 'cron_silent', 'cron_behind'];

/** `failing`: somebody has to act now. A stopped account can wait while another account takes the jobs. */
export function statusOf(
  concerns: Concern[],
  { accounts, vault }: Situation,
): 'ok' | 'attention' | 'failing' {
  const isTaking = (account: UpstreamAccount) =>
    account.status === 'active' && stopOf(account) === null && unreadable(account, vault) === null;
  if (concerns.some(({ code }) => FAILING.includes(code)) || !accounts.some(isTaking)) {
    return 'failing';
  }
  return concerns.length === 0 ? 'ok' : 'attention';
}

/** Empty: all is well. */
export function concernsOf(situation: Situation): Concern[] {
  const { mistakes, submits, accounts, vitals, sync } = situation;
  return [
    ...mistakes.map((detail) => ({ code: 'setting_wrong', detail })),
    ...(submits === 'off'
      ? [{ code: 'submits_off', detail: 'New submits are switched off in /admin/settings.' }]
      : []),
    ...accounts.flatMap((account) => accountConcerns(account, situation)),
    ...vaultConcerns(situation),
    ...customerConcerns(vitals.heldBack),
    ...cronConcerns(situation),
    ...jobConcerns(vitals),
    ...fileConcerns(situation),
    ...syncConcerns(sync),
    ...modelConcerns(situation.models),
  ];
}

/** An account that is disabled by hand is no concern, nor is the account of the environment without its token. */
function accountConcerns(account: UpstreamAccount, { settings, vault, nowMs }: Situation): Concern[] {
  const { id, status, state, balanceMicros, balanceAtMs } = account;
  const why = unreadable(account, vault);
  if (status === 'disabled' || (why !== null && id === ENV_ACCOUNT)) {
    return [];
  }
  if (why !== null) {
    return [{ code: 'account_unreadable', detail: `Account ${id} cannot be used. ${why}` }];
  }
  const stop = stopOf(account);
  const hours = balanceAtMs === null ? 0 : Math.floor((nowMs - balanceAtMs) / HOUR_MS);
  const age = hours >= 3 ? `${hours} hours` : null;
  const concerns: Concern[] = [];
  if (stop !== null) {
    concerns.push({ code: `account_${state}`, detail: `Account ${id} ${stop}` });
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

function vaultConcerns({ accounts, vault }: Situation): Concern[] {
  const { keyIds } = vault;
  const usable = accounts.filter(({ status }) => status === 'active').map((one) => unreadable(one, vault));
  const old = accounts.filter(({ vaultKeyId }) => vaultKeyId !== null && keyIds.indexOf(vaultKeyId) > 0);
  const concerns: Concern[] = [];
  if (!usable.includes(null)) {
    const detail =
      'No active account has a token that can be read, so every submit is refused: set RUNCOMFY_TOKEN, or add an account by POST /admin/accounts.';
    concerns.push({ code: 'no_account', detail });
  }
  if (old.length > 0) {
    const tokens = old.length === 1 ? '1 token is' : `${old.length} tokens are`;
    const detail = `${tokens} still sealed with VAULT_KEY_PREVIOUS: run npm run vault:rewrap before you remove it.`;
    concerns.push({ code: 'vault_previous_key', detail });
  }
  return concerns;
}

function customerConcerns(heldBack: HeldBack[]): Concern[] {
  if (heldBack.length === 0) {
    return [];
  }
  const names = heldBack.map(({ customer }) => customer).join(', ');
  const detail =
    `RunComfy does not answer the submits of ${names}, so they are tried one at a time, at most 15 minutes apart. ` +
    'Their inputs may be the cause: GET /admin/jobs?customer={id}&state=unconfirmed lists the jobs.';
  return [{ code: 'customers_held_back', detail }];
}

function cronConcerns(situation: Situation): Concern[] {
  const { vitals, nowMs } = situation;
  const { cron, oldestDueMs } = vitals;
  const ranAtMs = cron?.ranAtMs ?? null;
  const concerns: Concern[] = [];
  if (ranAtMs === null || nowMs - ranAtMs > 5 * MINUTE_MS) {
    const since = ranAtMs === null ? 'yet' : 'for more than five minutes';
    const detail = `The cron has not run ${since}: jobs that nobody polls do not end.`;
    concerns.push({ code: 'cron_silent', detail });
  }
  if (oldestDueMs !== null && nowMs - oldestDueMs > BEHIND_MS) {
    const minutes = Math.floor((nowMs - oldestDueMs) / MINUTE_MS);
    const left = cron === null || cron.leftJobs === 0 ? '' : ` Its last run left ${jobsIn(cron.leftJobs)}.`;
    const detail = `The cron is behind: a job is due for ${minutes} minutes.${left} ${remedyOf(situation)}`;
    concerns.push({ code: 'cron_behind', detail });
  }
  return concerns;
}

function remedyOf({ settings, vitals }: Situation): string {
  if (vitals.cron === null || vitals.cron.usedUp === null) {
    return 'The log says why, in lines with reconcile_failed.';
  }
  if (settings.plan === 'free') {
    return 'A run is bounded by the free plan of Cloudflare: take the paid one and set PLAN to paid.';
  }
  return vitals.cron.usedUp === 'time'
    ? 'A run of a minute is not enough: look at the status of RunComfy. Jobs that are polled end anyway.'
    : 'A run has used up what Cloudflare allows: a limit of requests_per_minute in /admin/settings lets it catch up.';
}

function jobConcerns({ open, losses }: Vitals): Concern[] {
  const concerns: Concern[] = [];
  const unconfirmed = open.find(({ state }) => state === 'unconfirmed');
  if (unconfirmed !== undefined) {
    const detail =
      `It is not known whether RunComfy accepted ${jobsIn(unconfirmed.jobs)}. Look in RunComfy's list of generations, ` +
      'then POST /admin/jobs/{id}/resolve.';
    concerns.push({ code: 'jobs_unconfirmed', detail });
  }
  if (losses.lost_today > 0) {
    const detail = `Lost in 24 hours: ${jobsIn(losses.lost_today)}. GET /admin/jobs?state=lost lists them.`;
    concerns.push({ code: 'jobs_lost', detail });
  }
  return concerns;
}

function fileConcerns({ vitals: { oldestFileDueMs: dueMs }, nowMs }: Situation): Concern[] {
  if (dueMs === null || nowMs - dueMs <= HOUR_MS) {
    return [];
  }
  const detail =
    `Files that were due for deletion at ${new Date(dueMs).toISOString()} are still in R2. The log says why, ` +
    'in lines with files_left; a Worker without its bucket (FILES) deletes none.';
  return [{ code: 'files_behind', detail }];
}

function syncConcerns({ report }: SyncState): Concern[] {
  const held = report === null ? 0 : report.held.length + report.gone.length;
  const concerns: Concern[] = [];
  if (report?.state === 'failed') {
    const detail = `The last sync of the catalogue failed: ${report.reason}. The cron retries it.`;
    concerns.push({ code: 'catalogue_failed', detail });
  }
  if (held > 0) {
    const models = held === 1 ? '1 model waits' : `${held} models wait`;
    const detail =
      `${models} for your acceptance, because a price leapt or too many are missing at once. GET /admin/models/sync lists them, ` +
      'POST /admin/models/sync with {"accept": [...]} accepts.';
    concerns.push({ code: 'catalogue_held', detail });
  }
  return concerns;
}

/** The most models of each kind that are listed with the call that mends them. */
const MAX_LISTED = 5;

function modelConcerns(models: Concerning[]): Concern[] {
  const unsold = models.filter(({ isUnsold }) => isUnsold);
  const kept = models.filter(({ findings }) => findings.kept !== undefined);
  const concerns: Concern[] = [];
  if (unsold.length > 0) {
    const detail = `Models of RunComfy that are not sold: ${unsold.length}. ${listOf(unsold, unsoldText)} {"offered": false} withdraws what you do not want.`;
    concerns.push({ code: 'models_unsold', detail });
  }
  if (kept.length > 0) {
    const detail = `RunComfy's new schema cannot be used, so the last usable one stays. ${listOf(kept, ({ id, findings }) => `${id}: ${findings.kept}; PATCH /admin/models/${id} {"input_schema":…}`)}`;
    concerns.push({ code: 'schema_kept', detail });
  }
  return concerns;
}

function listOf(models: Concerning[], text: (model: Concerning) => string): string {
  const more =
    models.length > MAX_LISTED ? [`And ${models.length - MAX_LISTED} more: GET /admin/models/sync.`] : [];
  return [...models.slice(0, MAX_LISTED).map(text), ...more].join(' ');
}

/** An amount that only the operator can know is shown as … */
function unsoldText({ id, findings: { unpriced, unusable, mend } }: Concerning): string {
  const price = JSON.stringify({ price: mend }).replace('"usd":null', '"usd":…');
  const body = unpriced === undefined ? '{"input_schema":…}' : price;
  return `${id}: ${unpriced ?? unusable}; PATCH /admin/models/${id} ${body}`;
}

function jobsIn(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`;
}
