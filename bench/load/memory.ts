// Bounds for the growth of the isolate's memory. Pure.

/** Memory of the isolate at some time, and how many jobs had come in by then. */
export type Kept = { atSeconds: number; keptMiB: number; jobs: number };

/**
 * The isolate remembers the owner of each job, in 4 MiB at most (src/features/jobs/memory.ts): it may keep so much for each
 * job. All other memory is full within a minute, or free again within one.
 */
const BYTES_A_JOB = 1024;
/** Requests that are under way are kept too. */
const UNDER_WAY_MIB = 1;

/** Memory that the second half of a run added, and what it may add. */
export type Growth = { grewMiB: number; mayMiB: number };

export function growthOf(all: Kept[]): Growth {
  const half = all[Math.floor(all.length / 2)];
  const end = all.at(-1);
  if (half === undefined || end === undefined) {
    throw new Error('the memory was never looked at');
  }
  return {
    grewMiB: end.keptMiB - half.keptMiB,
    mayMiB: UNDER_WAY_MIB + ((end.jobs - half.jobs) * BYTES_A_JOB) / 2 ** 20,
  };
}
