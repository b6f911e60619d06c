// What the triggers of wrangler.toml start. Every minute jobs are brought to their end and old browser tokens are swept,
// new rows of the audit are sealed, and once an hour the RunComfy balance is read; every other minute files that are due
// are deleted, and an hour that is over is added to the overview, or a customer is erased further, or the catalogue is
// looked at, and what has had its time is dropped.

import type { Gateway } from './compose.ts';
import { sealAudit } from './features/audit/seal.ts';
import { continueErasure } from './features/erasure/continue.ts';
import { sweepOld } from './features/erasure/retention.ts';
import { sweepFiles } from './features/files/remove.ts';
import { sweepTokens } from './features/keys/tokens.ts';
import { reconcile } from './features/lifecycle/reconcile.ts';
import { watchBalance } from './features/accounts/balance.ts';
import { noteRotation } from './features/accounts/vault.ts';
import { sumUp } from './features/overview/sum-up.ts';
import { reasonOf } from './lib/log.ts';

/** Hours that one run adds to the overview: each takes five queries, and the free plan allows a run fifty. */
const HOURS_A_RUN = { free: 4, paid: 24 };

/** Rows of the audit that one run seals: two hashes each. */
const SEALS_A_RUN = { free: 50, paid: 1_000 };

/** As in wrangler.toml. A trigger of its own, so that catalogue and jobs do not share one run's limits. */
const SYNC_CRON = '*/2 * * * *';

/** One run of the trigger with this schedule. A failure is logged in our words, and left to the platform's figures. */
export async function runTrigger(deps: Gateway, schedule: string): Promise<void> {
  try {
    await (schedule === SYNC_CRON ? keepBooks(deps) : runCron(deps));
  } catch (error) {
    deps.log.error('cron_failed', { reason: reasonOf(error) });
    throw error;
  }
}

/** Files first, which take three calls. Then a run does one of these: the free plan has no queries for two. Who is to be forgotten goes before the catalogue. */
async function keepBooks(deps: Gateway): Promise<void> {
  await sweepFiles(deps);
  const hours = await sumUp(deps, HOURS_A_RUN[deps.settings.plan]);
  if (hours > 0 || (await continueErasure(deps))) {
    return;
  }
  await sweepOld(deps);
  await syncCatalogue(deps);
}

/** Loaded when it is due: it brings the validator, for which no customer's call should wait. */
async function syncCatalogue(deps: Gateway): Promise<void> {
  const { continueSync } = await import('./features/catalogue-sync/sync.ts');
  await continueSync(deps);
}

/** One run of the cron; returns how many jobs it claimed. Two at once do no harm. */
export async function runCron(deps: Gateway): Promise<number> {
  const jobs = await reconcile(deps);
  await watchBalance(deps);
  await noteRotation(deps);
  await sweepTokens(deps);
  await sealAudit(deps, SEALS_A_RUN[deps.settings.plan]);
  return jobs;
}
