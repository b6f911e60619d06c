// How the gateway does, for the operator: the figures of all features, and what of them needs somebody.

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
  /** Of the submits that were accepted since midnight UTC, from their arrival on; null: there are none. */
  latency: { submits: number; p50Ms: number | null; p95Ms: number | null };
  /** What was booked since midnight UTC. */
  booked: Usage;
};

export async function getHealth(deps: HealthRuntime): Promise<Health> {
  const { db, clock, settings, mistakes } = deps;
  const nowMs = clock.now();
  const vault = await vaultOf(deps);
  const [vitals, accounts, { submits }, sync, models, refusals, usage, took] = await Promise.all([
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
    submits: took.reduce((sum, { jobs }) => sum + jobs, 0),
    p50Ms: percentile(took, 0.5),
    p95Ms: percentile(took, 0.95),
  };
  return {
    ...figures,
    latency,
    status: statusOf(concerns, situation),
    concerns,
    booked: totalOf(usage.rows),
  };
}
