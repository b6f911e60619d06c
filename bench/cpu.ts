// CPU time of a process, as Linux counts it.

import { readdirSync, readFileSync } from 'node:fs';

const NS = 1e6;
/** Linux counts user and system time in ticks of 10 ms (USER_HZ is 100 wherever Node runs). */
const TICK_MS = 10;

/**
 * CPU of a process so far, in ms, user and system, all of its threads. Needs /proc; throws when there is no such
 * process.
 *
 * The threads' `schedstat` is exact to the nanosecond but misses threads that have ended (the `schedstat` of a process
 * is that of its main thread). `stat` includes them, but rounds user and system time down to a tick each. Neither is ever
 * too high, so the higher one is closer.
 */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map((id) => threadMs(`/proc/${pid}/task/${id}/schedstat`));
  return Math.max(
    threads.reduce((sum, ms) => sum + ms, 0),
    ticksMs(readFileSync(`/proc/${pid}/stat`, 'utf8')),
  );
}

/** 0 for a thread that has ended since it was listed. */
function threadMs(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ', 1)[0]) / NS;
  } catch {
    return 0;
  }
}

/** utime and stime, the 14th and 15th field; the second one, the name in brackets, may have blanks in it. */
function ticksMs(stat: string): number {
  const [, , , , , , , , , , , , utime, stime] = stat.slice(stat.lastIndexOf(')') + 1).split(' ');
  return (Number(utime) + Number(stime)) * TICK_MS;
}
