// How the gateway does, for the operator: the figures of all features, and what of them needs somebody.

import { listAccountHealth, type AccountHealth } from '../accounts/read.ts';
import type { AccountsRuntime } from '../accounts/memory.ts';
import { vaultOf } from '../accounts/vault.ts';
import { readSync, type SyncState } from '../catalogue-sync/sync-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { getGatewaySettings } from '../settings/store.ts';
import { listUsage } from '../usage/store.ts';
import { totalOf, type Usage } from '../usage/usage.ts';
import { concernsOf, type Concern, type HealthSettings } from './concerns.ts';
import { readVitals, type Vitals } from './store.ts';

/** The days that losses are counted for. */
export const LOSS_DAYS = 30;

type HealthRuntime = AccountsRuntime & {
  settings: HealthSettings;
  /** In the Worker's settings. */
  mistakes: string[];
};

export type Health = {
  concerns: Concern[];
  submits: 'on' | 'off';
  vitals: Vitals;
  accounts: AccountHealth[];
  sync: SyncState;
  /** Booked in the last 24 hours. */
  lastDay: Usage;
};

export async function getHealth(deps: HealthRuntime): Promise<Health> {
  const { db, clock, settings, mistakes } = deps;
  const nowMs = clock.now();
  const dayMs = nowMs - DAY_MS;
  const vault = await vaultOf(deps);
  const [vitals, accounts, { submits }, sync, usage] = await Promise.all([
    readVitals(db, { nowMs, sinceMs: nowMs - LOSS_DAYS * DAY_MS, dayMs }),
    listAccountHealth(deps),
    getGatewaySettings(db),
    readSync(db),
    listUsage(db, { period: { fromMs: dayMs, toMs: nowMs + 1 }, groups: [], customer: null, token: '' }),
  ]);
  const figures = { submits, vitals, accounts, sync };
  const concerns = concernsOf({ ...figures, vault, nowMs, mistakes, settings });
  return { ...figures, concerns, lastDay: totalOf(usage.rows) };
}
