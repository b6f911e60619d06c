// The last known states of jobs, as this isolate has seen them.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { AccountsRuntime } from '../accounts/memory.ts';
import type { CatalogueRuntime } from '../catalogue/memory.ts';
import type { IntakeRuntime } from '../intake/memory.ts';
import type { KeptEnd } from '../jobs/job.ts';
import type { JobsRuntime } from '../jobs/memory.ts';
import type { KeysRuntime } from '../keys/memory.ts';
import type { MediaRuntime } from '../media/memory.ts';
import type { PricingRuntime } from '../pricing/memory.ts';
import type { UpstreamState } from '../runcomfy/wire.ts';
import type { LifecycleSettings } from './settings.ts';

/** `state` is null after a cancel: what was known before it counts no more. `by`: the RunComfy call that told it. */
export type Recent = { state: UpstreamState | null; by: 'status' | 'result'; atMs: number };

/** Since when this isolate has read no answer about a job, and when it last told the operator. */
export type Outage = { sinceMs: number; alarmAtMs: number };

type LifecycleMemory = {
  ended: WeighedCache<KeptEnd>;
  /** Answered again for a second at most, and for as long as RunComfy cannot be read. */
  recent: WeighedCache<Recent>;
  /** By job. One that is forgotten in the middle of an outage is counted anew. */
  outages: WeighedCache<Outage>;
};

export type LifecycleRuntime = AccountsRuntime &
  JobsRuntime & { memory: LifecycleMemory; settings: LifecycleSettings };

/** A submit also reads the catalogue, judges and prices the input, and looks at its media. */
export type SubmitRuntime = LifecycleRuntime &
  CatalogueRuntime &
  KeysRuntime &
  PricingRuntime &
  IntakeRuntime &
  MediaRuntime;

const DAY_MS = 86_400_000;
/** Longer than an outage is bridged. */
const OUTAGE_MS = 30 * 60_000;

export function lifecycleMemory(): LifecycleMemory {
  return {
    ended: weighedCache({ maxBytes: 3.5 * MIB, ttlMs: DAY_MS }),
    // Some 5,000 jobs.
    recent: weighedCache({ maxBytes: 1.25 * MIB, ttlMs: OUTAGE_MS }),
    outages: weighedCache({ maxBytes: MIB / 8, ttlMs: OUTAGE_MS }),
  };
}
