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

/** `state` is null after a cancel: an earlier state no longer counts. `by`: the RunComfy call that gave it. */
export type Recent = { state: UpstreamState | null; by: 'status' | 'result'; atMs: number };

/** Since when this isolate has read no answer about a job, and when it last raised the alarm. */
export type Outage = { sinceMs: number; alarmAtMs: number };

type LifecycleMemory = {
  ended: WeighedCache<KeptEnd>;
  /** Answers polls for a second at most, and for as long as RunComfy cannot be read. */
  recent: WeighedCache<Recent>;
  /** By job. An outage that is dropped from memory is counted from its next poll. */
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
