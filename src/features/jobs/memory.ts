// Owners of jobs that this isolate has looked up. An owner never changes.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import type { Owned } from './job.ts';

type JobsMemory = {
  owners: WeighedCache<Owned>;
  /** Job ids that KV had no copy for a moment ago. */
  uncopied: WeighedCache<true>;
  /** Job ids that D1 does not have. */
  missing: WeighedCache<true>;
};

export type JobsRuntime = ShieldRuntime & { memory: JobsMemory };

const DAY_MS = 86_400_000;

export function jobsMemory(): JobsMemory {
  return {
    // Some 5,000 jobs.
    owners: weighedCache({ maxBytes: 3.25 * MIB, ttlMs: DAY_MS }),
    uncopied: weighedCache({ maxBytes: MIB / 8, ttlMs: 1_000 }),
    missing: weighedCache({ maxBytes: MIB / 8, ttlMs: 5_000 }),
  };
}
