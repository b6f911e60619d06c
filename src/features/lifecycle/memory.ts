// The last known states of jobs, as this isolate has seen them.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { AccountsRuntime } from '../accounts/memory.ts';
import type { CatalogueRuntime } from '../catalogue/memory.ts';
import type { IntakeRuntime } from '../intake/memory.ts';
import type { EndedJob } from '../jobs/job.ts';
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
  ended: BoundedCache<EndedJob>;
  /** Answered again for a second at most, and for as long as RunComfy cannot be read. */
  recent: BoundedCache<Recent>;
  /** By job. One that is forgotten in the middle of an outage is counted anew. */
  outages: BoundedCache<Outage>;
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
    ended: boundedCache(1_000, DAY_MS),
    recent: boundedCache(50_000, OUTAGE_MS),
    outages: boundedCache(10_000, OUTAGE_MS),
  };
}
