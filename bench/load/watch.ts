// Reads memory and CPU of workerd every second. Needs /proc.

import { readFileSync } from 'node:fs';
import { cpuMs } from '../cpu.ts';
import { mean, median } from '../statistics.ts';

export type Second = {
  /** All isolates of workerd, Miniflare's D1 and KV, and garbage included. */
  rssMiB: number;
  /** Cores that workerd used since the second before. */
  cores: number;
};

export type Watch = { seconds: Second[]; stop: () => void };

export function watch(pid: number): Watch {
  const seconds: Second[] = [];
  let last = { atMs: performance.now(), cpuMs: cpuMs(pid) };
  const timer = setInterval(() => {
    const now = { atMs: performance.now(), cpuMs: cpuMs(pid) };
    seconds.push({ rssMiB: memoryMiB(pid), cores: (now.cpuMs - last.cpuMs) / (now.atMs - last.atMs) });
    last = now;
  }, 1000);
  return { seconds, stop: () => clearInterval(timer) };
}

function memoryMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

export type Memory = { startMiB: number; middleMiB: number; endMiB: number; secondHalfMiB: number };

/** Medians of five seconds, and what the second half added, by least squares. */
export function memoryOf(seconds: Second[]): Memory {
  const all = seconds.map(({ rssMiB }) => rssMiB);
  const half = Math.floor(all.length / 2);
  return {
    startMiB: median(all.slice(0, 5)),
    middleMiB: median(all.slice(half - 2, half + 3)),
    endMiB: median(all.slice(-5)),
    secondHalfMiB: half * slope(all.slice(half)),
  };
}

/** The mean rise from one value to the next. */
function slope(values: number[]): number {
  const meanAt = (values.length - 1) / 2;
  const meanValue = mean(values);
  const covariance = mean(values.map((value, at) => (at - meanAt) * (value - meanValue)));
  return covariance / mean(values.map((_, at) => (at - meanAt) ** 2));
}
