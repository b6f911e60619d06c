// Owners of jobs that this isolate has looked up. An owner never changes.

import { boundedCache, type BoundedCache } from '../../lib/bounded-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { Owned } from './job.ts';

type JobsMemory = {
  owners: BoundedCache<Owned>;
  /** Job ids that D1 does not have. */
  missing: BoundedCache<true>;
};

export type JobsRuntime = ShieldRuntime & { memory: JobsMemory };

const DAY_MS = 86_400_000;

export function jobsMemory(): JobsMemory {
  return { owners: boundedCache(50_000, DAY_MS), missing: boundedCache(10_000, 5_000) };
}
