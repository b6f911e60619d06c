// Examines a deployed gateway. Each problem comes with the command that fixes it.

import { askHealth, type Asked, type Health } from './health.ts';
import type { Cloud } from './cloud.ts';
import { databaseOf, type Database } from './database.ts';
import { findAdminToken, findUrl } from './gateway.ts';
import { listMigrations, readApplied } from './migrations.ts';
import { shown } from './notes.ts';
import { findDatabase } from './resources.ts';
import { missingOf, readSecretsFile } from './secrets.ts';
import { listRan } from './versions.ts';
import { findWorker, type Worker } from './worker.ts';

/** `mend` is the command that fixes the problem; absent if there is none. */
export type Finding = { what: string; sentence: string; mend?: string };

const MINUTE_MS = 60_000;
/** A larger difference breaks signatures and makes times hard to compare. */
const MOST_SKEW_MS = 30_000;
/** Concerns that other findings cover, the second list only for accounts in use. All others are printed as they are. */
const SAID_ABOVE = ['setting_wrong', 'cron_silent'];
const SAID_OF_USED = ['account_bad_token', 'account_unreadable'];

export async function examine(cloud: Cloud): Promise<Finding[]> {
  const worker = await findWorker(cloud);
  if (worker === null) {
    return [
      { what: 'Worker', sentence: `${cloud.place.name} is not in this account.`, mend: 'npm run deploy' },
    ];
  }
  const databaseId = await findDatabase(cloud);
  const database = databaseId === null ? null : databaseOf(cloud, databaseId);
  const asked = await askHealth(await findUrl(cloud), findAdminToken(cloud.place));
  return [
    await ofVersion(cloud),
    ofSecrets(cloud, worker),
    await ofMigrations(database),
    ofAnswer(asked),
    ...(asked.kind === 'health' ? ofHealth(asked.health) : []),
    ...(await ofClock(database)),
  ];
}

async function ofVersion(cloud: Cloud): Promise<Finding> {
  const [active] = await listRan(cloud);
  return active === undefined
    ? { what: 'Worker', sentence: 'No version runs.', mend: 'npm run deploy' }
    : { what: 'Worker', sentence: `version ${active.version} has run since ${active.at}` };
}

function ofSecrets({ place }: Cloud, { secrets }: Worker): Finding {
  const missing = missingOf(place, secrets);
  if (missing.length > 0) {
    return { what: 'secrets', sentence: `${missing.join(', ')} missing`, mend: 'npm run deploy' };
  }
  const isKept = readSecretsFile(place)['VAULT_KEY'] !== undefined;
  return {
    what: 'secrets',
    sentence: `complete${isKept ? `, with a copy in ${shown(place.secretsFile)}` : ''}`,
  };
}

async function ofMigrations(database: Database | null): Promise<Finding> {
  if (database === null) {
    return { what: 'migrations', sentence: 'There is no database.', mend: 'npm run deploy' };
  }
  const applied = await readApplied(database);
  const known = listMigrations();
  const missing = known.filter((name) => !applied.includes(name)).length;
  const ahead = applied.filter((name) => !known.includes(name)).length;
  if (missing > 0) {
    return {
      what: 'migrations',
      sentence: `${missing} of this clone are not applied`,
      mend: 'npm run migrate',
    };
  }
  return ahead > 0
    ? {
        what: 'migrations',
        sentence: `the database is ${ahead} migrations ahead of this clone`,
        mend: 'git pull',
      }
    : { what: 'migrations', sentence: `all ${applied.length} applied` };
}

function ofAnswer(asked: Asked): Finding {
  switch (asked.kind) {
    case 'health':
      return { what: 'answers', sentence: `its health is ${asked.health.status}` };
    case 'closed':
      return {
        what: 'answers',
        sentence: `it refuses the admin token of this clone (${asked.code})`,
        mend: 'export COMFYGATE_ADMIN=…, one of ADMIN_TOKENS',
      };
    case 'silent':
      return {
        what: 'answers',
        sentence: `no answer (${asked.reason})`,
        mend: 'npx wrangler tail shows the log',
      };
  }
}

export function ofHealth(health: Health): Finding[] {
  const used = usedAccounts(health);
  const isSaid = ({ code, detail }: Health['concerns'][number]) =>
    SAID_ABOVE.includes(code) ||
    (SAID_OF_USED.includes(code) && used.some(({ id }) => detail.startsWith(`Account ${id} `)));
  const others = health.concerns.filter((concern) => !isSaid(concern));
  return [
    ...ofSettings(health),
    ofCron(health.cron_ran_at),
    ...used.map(ofAccount),
    ...others.map(({ code, detail }) => ({
      what: 'concern',
      sentence: detail,
      mend: `docs/operations.md, ${code}`,
    })),
  ];
}

/** The account of the environment needs no token if another account accepts jobs. */
function usedAccounts({ accounts }: Health): Health['accounts'] {
  const takesJobs = accounts.some((account) => account.why_not === null);
  return accounts.filter(
    ({ id, status, why_not: obstacle }) =>
      status === 'active' && (id !== 'acct_env' || obstacle === null || !takesJobs),
  );
}

function ofSettings({ concerns }: Health): Finding[] {
  const what = 'settings';
  const mistakes = concerns.filter(({ code }) => code === 'setting_wrong');
  return mistakes.length === 0
    ? [{ what, sentence: 'all valid' }]
    : mistakes.map(({ detail }) => ({ what, sentence: detail, mend: mendOfSetting(detail) }));
}

/** A mistake begins with the name of its variable. */
function mendOfSetting(detail: string): string {
  const [name = ''] = detail.split(':');
  return /TOKEN|KEY/.test(name) ? `${name}=… npm run deploy` : `npm run deploy -- --var ${name}=VALUE`;
}

function ofCron(ranAt: string | null): Finding {
  if (ranAt === null) {
    return {
      what: 'cron',
      sentence: 'It has not run yet. After a new deployment this takes up to a minute.',
      mend: 'npm run deploy',
    };
  }
  const minutes = Math.floor((Date.now() - Date.parse(ranAt)) / MINUTE_MS);
  return minutes > 5
    ? {
        what: 'cron',
        sentence: `It ran ${minutes} minutes ago.`,
        mend: 'npm run deploy sets its triggers again',
      }
    : { what: 'cron', sentence: `ran at ${ranAt}` };
}

function ofAccount(account: Health['accounts'][number]): Finding {
  const what = 'RunComfy';
  const { id, state, why_not: obstacle, balance_usd: balance, balance_read_at: readAt } = account;
  const mend = id === 'acct_env' ? 'RUNCOMFY_TOKEN=… npm run deploy' : `PATCH /admin/accounts/${id} {token}`;
  if (state === 'bad_token') {
    return { what, sentence: `refuses the token of ${id}`, mend };
  }
  if (obstacle !== null) {
    return { what, sentence: `${id} accepts no jobs. ${obstacle}`, mend: 'docs/vault.md' };
  }
  return readAt === null
    ? {
        what,
        sentence: `has not confirmed ${id} yet; the cron asks every hour`,
        mend: 'npm run doctor, later',
      }
    : { what, sentence: `accepts the token of ${id}; balance ${balance} USD` };
}

/** Compares the clock of this machine with the clock of the database. */
async function ofClock(database: Database | null): Promise<Finding[]> {
  if (database === null) {
    return [];
  }
  const [[row] = []] = await database.query("SELECT unixepoch('subsec') * 1000 AS now_ms;");
  const skewMs = Date.now() - Number(row?.['now_ms']);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    Math.abs(skewMs) > MOST_SKEW_MS
      ? {
          what: 'clock',
          sentence: `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} Cloudflare`,
          mend: 'sudo timedatectl set-ntp true',
        }
      : { what: 'clock', sentence: 'this machine and Cloudflare agree' },
  ];
}
