// The work of the cron triggers in wrangler.toml. Every minute: settle jobs, delete old browser tokens, seal new audit
// rows, and once an hour read the RunComfy balance. Every other minute: delete expired files, then one of these: add a
// finished hour to the overview, continue the erasure of a customer, or sync the catalogue and delete expired data.

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
import { SCHEDULES } from './schedules.ts';

/** Hours that one run adds to the overview. Each takes five queries; the free plan allows fifty per run. */
const HOURS_A_RUN = { free: 4, paid: 24 };

/** Audit rows that one run seals. Each takes two hashes. */
const SEALS_A_RUN = { free: 50, paid: 1_000 };

/** Runs the trigger with this schedule. A failure is logged, then thrown so that Cloudflare counts it. */
export async function runTrigger(deps: Gateway, schedule: string): Promise<void> {
  try {
    await (schedule === SCHEDULES.books ? keepBooks(deps) : runCron(deps));
  } catch (error) {
    deps.log.error('cron_failed', { reason: reasonOf(error) });
    throw error;
  }
}

/** Files take three calls. After that the free plan has queries for one task only; an erasure goes before the catalogue. */
async function keepBooks(deps: Gateway): Promise<void> {
  await sweepFiles(deps);
  const hours = await sumUp(deps, HOURS_A_RUN[deps.settings.plan]);
  if (hours > 0 || (await continueErasure(deps))) {
    return;
  }
  await sweepOld(deps);
  await syncCatalogue(deps);
}

/** Loaded when due: it imports the validator, for which no customer's call should wait. */
async function syncCatalogue(deps: Gateway): Promise<void> {
  const { continueSync } = await import('./features/catalogue-sync/sync.ts');
  await continueSync(deps);
}

/** One run of the cron. Returns the number of jobs it claimed. Two runs at once are safe. */
export async function runCron(deps: Gateway): Promise<number> {
  const jobs = await reconcile(deps);
  await watchBalance(deps);
  await noteRotation(deps);
  await sweepTokens(deps);
  await sealAudit(deps, SEALS_A_RUN[deps.settings.plan]);
  return jobs;
}
