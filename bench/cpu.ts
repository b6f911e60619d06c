// CPU time of another process.

import { readFileSync } from 'node:fs';

const TICK_MS = 10;

/** User and system time of all its threads so far, in ms. Linux only: from /proc. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
