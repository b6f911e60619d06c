// How the gateway does, for the operator: the figures of all features, and what of them needs somebody.

import { listAccountHealth, type AccountHealth } from '../accounts/read.ts';
import { vaultOf } from '../accounts/vault.ts';
import { listConcerning, type Concerning } from '../catalogue-sync/unsold-store.ts';
import { readSync, type SyncState } from '../catalogue-sync/sync-store.ts';
import { readRefusals, type Refusals } from '../intake/refusal-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { getGatewaySettings } from '../settings/store.ts';
import { listUsage } from '../usage/store.ts';
import { totalOf, type Usage } from '../usage/usage.ts';
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
  /** Models that nobody can buy, and models whose new schema cannot judge. */
  models: Concerning[];
  /** What was refused before RunComfy saw it in the last 24 hours, the most frequent first. */
  refusals: Refusals[];
  /** What was booked since the instant that was asked for. */
  booked: Usage;
};

/** With what was booked in the last 24 hours. */
export function getHealth(deps: HealthRuntime): Promise<Health> {
  return readHealth(deps, deps.clock.now() - DAY_MS);
}

export async function readHealth(deps: HealthRuntime, bookedFromMs: number): Promise<Health> {
  const { db, clock, settings, mistakes } = deps;
  const nowMs = clock.now();
  const vault = await vaultOf(deps);
  const [vitals, accounts, { submits }, sync, models, refusals, usage] = await Promise.all([
    readVitals(db, { nowMs, sinceMs: nowMs - LOSS_DAYS * DAY_MS, dayMs: nowMs - DAY_MS }),
    listAccountHealth(deps),
    getGatewaySettings(db),
    readSync(db),
    listConcerning(db),
    readRefusals(db, nowMs - DAY_MS),
    listUsage(db, {
      period: { fromMs: bookedFromMs, toMs: nowMs + 1 },
      groups: [],
      customer: null,
      token: '',
      endUser: '',
    }),
  ]);
  const figures = { submits, vitals, accounts, sync, models, refusals };
  const situation = { ...figures, vault, nowMs, mistakes, settings };
  const concerns = concernsOf(situation);
  return { ...figures, status: statusOf(concerns, situation), concerns, booked: totalOf(usage.rows) };
}
