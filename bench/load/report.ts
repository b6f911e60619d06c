// From calls and seconds to the figures of a load. Pure.

import { whole } from '../format.ts';
import { median, quantile } from '../statistics.ts';
import type { Call, Kind } from './caller.ts';
import type { Growth, Kept } from './memory.ts';
import type { Memory, Second } from './watch.ts';

const KINDS: Record<Kind, string> = { status: 'status polls', submit: 'submits', result: 'results' };
/** A customer who polls every two seconds does not notice more. */
const LATE_MS = 1000;

export type Timing = { calls: number; perSecond: number; p50Ms: number; p99Ms: number; maxMs: number };

/** Figures of the calls of `seconds`, by kind. */
export function timings(calls: Call[], seconds: number): Record<Kind, Timing> {
  const of = (kind: Kind): Timing => {
    const latenciesMs = calls.filter((call) => call.kind === kind).map(({ latencyMs }) => latencyMs);
    return {
      calls: latenciesMs.length,
      perSecond: latenciesMs.length / seconds,
      p50Ms: quantile(latenciesMs, 0.5),
      p99Ms: quantile(latenciesMs, 0.99),
      maxMs: quantile(latenciesMs, 1),
    };
  };
  return { submit: of('submit'), status: of('status'), result: of('result') };
}

/** The share of calls that were answered soon enough after they were due. */
export function punctual(calls: Call[]): number {
  return calls.filter(({ latencyMs }) => latencyMs < LATE_MS).length / Math.max(1, calls.length);
}

export type Now = { open: number; errors: number; keptMiB: number; last: Second | undefined };

/** One line of the last `seconds`. */
export function progress(calls: Call[], seconds: number, { open, errors, keptMiB, last }: Now): string {
  const { submit, status } = timings(calls, seconds);
  const p50Ms = median(calls.map(({ latencyMs }) => latencyMs));
  return [
    `${whole(open)} open`,
    `${whole(status.perSecond)} polls/s`,
    `${whole(submit.perSecond)} submits/s`,
    `p50 ${p50Ms.toFixed(0)} ms`,
    `${errors} errors`,
    `isolate ${keptMiB.toFixed(1)} MiB`,
    `workerd ${(last?.rssMiB ?? 0).toFixed(0)}`,
    `${(last?.cores ?? 0).toFixed(2)} cores`,
  ].join(', ');
}

export type Summary = {
  timings: Record<Kind, Timing>;
  punctual: number;
  workerdCores: number;
  ownCores: number;
  cronMs: number[];
  isolate: Growth & { kept: Kept[] };
  workerd: Memory;
};

/** At most 98 columns. */
export function summary(of: Summary): string[] {
  const { isolate, workerd } = of;
  const { kept, grewMiB, mayMiB } = isolate;
  const keptMiB = [kept[0], kept[Math.floor(kept.length / 2)], kept.at(-1)].map((at) => at?.keptMiB ?? 0);
  return [
    ...table(of.timings),
    '',
    `${(100 * of.punctual).toFixed(2)} % of the calls were answered within a second of when they were due.`,
    `CPU: ${of.workerdCores.toFixed(2)} cores in workerd, ${of.ownCores.toFixed(2)} in clients and upstream.`,
    `The cron ran ${of.cronMs.length} times, ${Math.max(0, ...of.cronMs).toFixed(0)} ms at most.`,
    '',
    line(['MiB', 'start', 'middle', 'end', '2nd half']),
    line(['isolate', ...mib([...keptMiB, grewMiB]), `   of the ${mayMiB.toFixed(1)} that it may add`]),
    line(['workerd', ...mib([workerd.startMiB, workerd.middleMiB, workerd.endMiB, workerd.secondHalfMiB])]),
  ];
}

function mib(values: number[]): string[] {
  return values.map((value) => value.toFixed(1));
}

function table(all: Record<Kind, Timing>): string[] {
  return [
    line(['', 'calls', 'per second', 'p50 ms', 'p99 ms', 'longest ms']),
    ...(['status', 'submit', 'result'] as const).map((kind) => {
      const { calls, perSecond, p50Ms, p99Ms, maxMs } = all[kind];
      const ms = [p50Ms, p99Ms, maxMs].map((value) => value.toFixed(1));
      return line([KINDS[kind], whole(calls), perSecond.toFixed(1), ...ms]);
    }),
  ];
}

function line([first = '', ...rest]: string[]): string {
  return first.padEnd(16) + rest.map((cell) => cell.padStart(12)).join('');
}
