// What happens every minute: jobs are brought to their end, and once an hour the RunComfy balance is read.

import type { Gateway } from './compose.ts';
import { reconcile } from './features/lifecycle/reconcile.ts';
import { claimBalanceChecks } from './features/accounts/account-store.ts';
import { watchBalances } from './features/accounts/balance.ts';

const HOUR_MS = 3_600_000;

/** One run of the cron; returns how many jobs it claimed. Two at once do no harm. */
export async function runCron(deps: Gateway): Promise<number> {
  const jobs = await reconcile(deps);
  await watchBalances(deps, await claimBalanceChecks(deps.db, deps.clock.now(), HOUR_MS));
  return jobs;
}
