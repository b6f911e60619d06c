// How the gateway does, for the operator: the figures of all features, and what of them needs somebody.

import type { Runtime } from '../../runtime.ts';
import { listAccounts, type UpstreamAccount } from '../accounts/account-store.ts';
import { readSync, type SyncState } from '../catalogue-sync/sync-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { getGatewaySettings } from '../settings/store.ts';
import { listUsage } from '../usage/store.ts';
import { totalOf, type Usage } from '../usage/usage.ts';
import { concernsOf, type Concern, type HealthSettings } from './concerns.ts';
import { readVitals, type Vitals } from './store.ts';

/** The days that losses are counted for. */
export const LOSS_DAYS = 30;

type HealthRuntime = Runtime & {
  settings: HealthSettings;
  /** In the Worker's settings. */
  mistakes: string[];
};

export type Health = {
  concerns: Concern[];
  submits: 'on' | 'off';
  vitals: Vitals;
  accounts: UpstreamAccount[];
  sync: SyncState;
  /** Booked in the last 24 hours. */
  lastDay: Usage;
};

export async function getHealth({ db, clock, settings, mistakes }: HealthRuntime): Promise<Health> {
  const nowMs = clock.now();
  const dayMs = nowMs - DAY_MS;
  const [vitals, accounts, { submits }, sync, usage] = await Promise.all([
    readVitals(db, { nowMs, sinceMs: nowMs - LOSS_DAYS * DAY_MS, dayMs }),
    listAccounts(db),
    getGatewaySettings(db),
    readSync(db),
    listUsage(db, {
      period: { fromMs: dayMs, toMs: nowMs + 1 },
      groups: [],
      customer: null,
      token: '',
      endUser: '',
    }),
  ]);
  const figures = { submits, vitals, accounts, sync };
  const concerns = concernsOf({ ...figures, nowMs, mistakes, settings });
  return { ...figures, concerns, lastDay: totalOf(usage.rows) };
}
