// The last known states of jobs, as this isolate has seen them.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { AccountsRuntime } from '../accounts/account.ts';
import type { CatalogueRuntime } from '../catalogue/memory.ts';
import type { IntakeRuntime } from '../intake/memory.ts';
import type { EndedJob } from '../jobs/job.ts';
import type { JobsRuntime } from '../jobs/memory.ts';
import type { MediaRuntime } from '../media/memory.ts';
import type { PricingRuntime } from '../pricing/memory.ts';
import type { UpstreamState } from '../runcomfy/wire.ts';
import type { LifecycleSettings } from './settings.ts';

/** `state` is null after a cancel: what was known before it counts no more. `by`: the RunComfy call that told it. */
export type Recent = { state: UpstreamState | null; by: 'status' | 'result'; atMs: number };

type LifecycleMemory = {
  ended: BoundedCache<EndedJob>;
  /** Kept for longer than any poll takes; answered again for a second at most. */
  recent: BoundedCache<Recent>;
};

export type LifecycleRuntime = AccountsRuntime &
  JobsRuntime & { memory: LifecycleMemory; settings: LifecycleSettings };

/** A submit also reads the catalogue, judges and prices the input, and looks at its media. */
export type SubmitRuntime = LifecycleRuntime &
  CatalogueRuntime &
  PricingRuntime &
  IntakeRuntime &
  MediaRuntime;

const DAY_MS = 86_400_000;

export function lifecycleMemory(): LifecycleMemory {
  return { ended: boundedCache(1_000, DAY_MS), recent: boundedCache(50_000, 30_000) };
}
