// How the gateway does, for the operator: the figures of all features, and what of them needs somebody.

import { listAccountHealth, type AccountHealth } from '../accounts/read.ts';
import { vaultOf } from '../accounts/vault.ts';
import { readSync, type SyncState } from '../catalogue-sync/sync-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { getGatewaySettings } from '../settings/store.ts';
import { listUsage } from '../usage/store.ts';
import { dayOf, totalOf, type Usage } from '../usage/usage.ts';
import { concernsOf, statusOf, type Concern } from './concerns.ts';
import type { HealthRuntime } from './memory.ts';
import { readVitals, type Vitals } from './store.ts';

/** The days that losses are counted for. */
export const LOSS_DAYS = 30;

export type Health = {
  status: ReturnType<typeof statusOf>;
  concerns: Concern[];
  submits: 'on' | 'off';
  vitals: Vitals;
  accounts: AccountHealth[];
  sync: SyncState;
  /** What was booked since midnight UTC. */
  booked: Usage;
};

export async function getHealth(deps: HealthRuntime): Promise<Health> {
  const { db, clock, settings, mistakes } = deps;
  const nowMs = clock.now();
  const vault = await vaultOf(deps);
  const [vitals, accounts, { submits }, sync, usage] = await Promise.all([
    readVitals(db, { nowMs, sinceMs: nowMs - LOSS_DAYS * DAY_MS, dayMs: nowMs - DAY_MS }),
    listAccountHealth(deps),
    getGatewaySettings(db),
    readSync(db),
    listUsage(db, {
      period: dayOf(nowMs),
      groups: [],
      customer: null,
      token: '',
      endUser: '',
    }),
  ]);
  const figures = { submits, vitals, accounts, sync };
  const situation = { ...figures, vault, nowMs, mistakes, settings };
  const concerns = concernsOf(situation);
  return { ...figures, status: statusOf(concerns, situation), concerns, booked: totalOf(usage.rows) };
}
