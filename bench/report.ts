// From samples to the figures of a scenario, and to a table. Pure.

import type { Sample } from './measure.ts';
import type { Scenario } from './scenarios.ts';
import { median, quantile } from './statistics.ts';

/** Medians over the rounds; a ratio is that of two turns side by side. `vsFloor`: throughput over the pass-through's. */
export type Figures = {
  name: string;
  family: string;
  stores: string | null;
  perSecond: number;
  vsFloor: number;
  p50Ms: number;
  p99Ms: number;
  cpuMicros: number;
  cpuVsFloor: number;
  d1Queries: number;
  kvReads: number;
  kvWrites: number;
  upstreamCalls: number;
};

/** A turn, and that of the pass-through right before or behind it. */
export type Pair = { sample: Sample; floor: Sample };
export type Row = { scenario: Scenario; pairs: Pair[] };

export function figuresOf({ scenario, pairs }: Row): Figures {
  const samples = pairs.map(({ sample }) => sample);
  const of = (read: (sample: Sample) => number) => median(samples.map(read));
  const against = (read: (sample: Sample) => number) =>
    median(pairs.map(({ sample, floor }) => read(sample) / read(floor)));
  const latenciesMs = (share: number) => of((sample) => quantile(sample.latenciesMs, share));
  return {
    name: scenario.name,
    family: scenario.family,
    stores: scenario.worker === 'instant' || scenario.worker === 'miniflare' ? scenario.worker : null,
    perSecond: of(({ perSecond }) => perSecond),
    vsFloor: against(({ perSecond }) => perSecond),
    p50Ms: latenciesMs(0.5),
    p99Ms: latenciesMs(0.99),
    cpuMicros: of(({ cpuMicros }) => cpuMicros),
    cpuVsFloor: against(({ cpuMicros }) => cpuMicros),
    d1Queries: of(({ d1Queries }) => d1Queries),
    kvReads: of(({ kvReads }) => kvReads),
    kvWrites: of(({ kvWrites }) => kvWrites),
    upstreamCalls: of(({ upstreamCalls }) => upstreamCalls),
  };
}

const FAMILIES: Record<string, string> = {
  status: 'GET status',
  result: 'GET result',
  submit: 'POST submit',
};

/** One line a scenario, 98 columns. */
export function table(all: Figures[]): string[] {
  const head = line(['', 'req/s', '× floor', 'p50 ms', 'p99 ms', 'CPU µs', '× floor', 'D1', 'KV', 'upstr.']);
  return Object.entries(FAMILIES).flatMap(([family, title]) => {
    const rows = all.filter((figures) => figures.family === family);
    return rows.length === 0 ? [] : ['', title, head, ...rows.map(show)];
  });
}

function show(figures: Figures): string {
  const { name, stores } = figures;
  return line([
    `  ${name}${stores === 'miniflare' ? ' (Miniflare)' : ''}`,
    figures.perSecond.toFixed(0),
    figures.vsFloor.toFixed(2),
    figures.p50Ms.toFixed(2),
    figures.p99Ms.toFixed(2),
    figures.cpuMicros.toFixed(0),
    figures.cpuVsFloor.toFixed(2),
    count(figures.d1Queries),
    count(figures.kvReads),
    count(figures.upstreamCalls),
  ]);
}

function count(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, '');
}

const WIDTHS = [42, 7, 8, 7, 7, 7, 8, 5, 5, 7];

function line(cells: string[]): string {
  return cells
    .map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[at] ?? 0)))
    .join('');
}
