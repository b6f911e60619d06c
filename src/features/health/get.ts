// The state of the gateway for the operator: the figures of all features, and the concerns that follow from them.

import { listAccountHealth, type AccountHealth } from '../accounts/read.ts';
import { vaultOf } from '../accounts/vault.ts';
import { listConcerning, type Concerning } from '../catalogue-sync/unsold-store.ts';
import { readSync, type SyncState } from '../catalogue-sync/sync-store.ts';
import { readRefusals, type Refusals } from '../intake/refusal-store.ts';
import { DAY_MS } from '../ledger/windows.ts';
import { getGatewaySettings } from '../settings/store.ts';
import { percentile } from '../overview/overview.ts';
import { listUsage } from '../usage/store.ts';
import { dayOf, totalOf, type Usage } from '../usage/usage.ts';
import { concernsOf, statusOf, type Concern } from './concerns.ts';
import type { HealthRuntime } from './memory.ts';
import { readLatencies } from './latency-store.ts';
import { readVitals, type Vitals } from './store.ts';

/** The number of days over which losses are counted. */
export const LOSS_DAYS = 30;

export type Health = {
  status: ReturnType<typeof statusOf>;
  concerns: Concern[];
  submits: 'on' | 'off';
  vitals: Vitals;
  accounts: AccountHealth[];
  sync: SyncState;
  /** Models that nobody can buy, and models whose new schema cannot be used. */
  models: Concerning[];
  /** Inputs of the last 24 hours that were refused before RunComfy saw them, the most frequent rule first. */
  refusals: Refusals[];
  /** From arrival to acceptance, of the submits accepted since midnight UTC; null: there are none. */
  latency: { submits: number; p50Ms: number | null; p95Ms: number | null };
  /** Bookings since midnight UTC. */
  booked: Usage;
};

export async function getHealth(deps: HealthRuntime): Promise<Health> {
  const { db, clock, settings, mistakes } = deps;
  const nowMs = clock.now();
  const vault = await vaultOf(deps);
  const [vitals, accounts, { submits }, sync, models, refusals, usage, latencies] = await Promise.all([
    readVitals(db, { nowMs, sinceMs: nowMs - LOSS_DAYS * DAY_MS, dayMs: nowMs - DAY_MS }),
    listAccountHealth(deps),
    getGatewaySettings(db),
    readSync(db),
    listConcerning(db),
    readRefusals(db, nowMs - DAY_MS),
    listUsage(db, {
      period: dayOf(nowMs),
      groups: [],
      customer: null,
      token: '',
      endUser: '',
    }),
    readLatencies(db, Math.floor(nowMs / DAY_MS)),
  ]);
  const figures = { submits, vitals, accounts, sync, models, refusals };
  const situation = { ...figures, vault, nowMs, mistakes, settings };
  const concerns = concernsOf(situation);
  const latency = {
    submits: latencies.reduce((sum, { jobs }) => sum + jobs, 0),
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
  };
  return {
    ...figures,
    latency,
    status: statusOf(concerns, situation),
    concerns,
    booked: totalOf(usage.rows),
  };
}
