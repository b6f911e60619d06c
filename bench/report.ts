// From samples to the figures of a scenario, and to tables. Pure.

import type { HeaderSet } from './header-sets.ts';
import type { Sample } from './measure.ts';
import type { Family, Scenario } from './scenarios.ts';
import { median, medianInterval, quantile, type Interval } from './statistics.ts';

/** The median of the ratios of two turns side by side, and its 95 % interval. */
export type Ratio = Interval & { median: number };

/** Medians over the rounds. `vsFloor`: throughput over the pass-through's, the other ratios in the same way. */
export type Figures = {
  name: string;
  family: Family;
  headers: HeaderSet;
  perSecond: number;
  vsFloor: Ratio;
  p50Ms: number;
  cpuMicros: number;
  cpuVsFloor: Ratio;
  /** Null where the machine does not count instructions. */
  instructions: { each: number; vsFloor: Ratio } | null;
  d1Queries: number;
  kvReads: number;
  kvWrites: number;
  upstreamCalls: number;
};

/** A turn, and that of the pass-through right before or after it. */
export type Pair = { sample: Sample; floor: Sample };
export type Row = { scenario: Scenario; pairs: Pair[] };

export function figuresOf({ scenario, pairs }: Row): Figures {
  const of = (read: (sample: Sample) => number) => median(pairs.map(({ sample }) => read(sample)));
  const against = (read: (sample: Sample) => number): Ratio => {
    const ratios = pairs.map(({ sample, floor }) => read(sample) / read(floor));
    return { median: median(ratios), ...medianInterval(ratios) };
  };
  const { name, family, headers } = scenario;
  const each = of(({ instructions }) => instructions);
  return {
    name,
    family,
    headers,
    perSecond: of(({ perSecond }) => perSecond),
    vsFloor: against(({ perSecond }) => perSecond),
    p50Ms: of(({ latenciesMs }) => quantile(latenciesMs, 0.5)),
    cpuMicros: of(({ cpuMicros }) => cpuMicros),
    cpuVsFloor: against(({ cpuMicros }) => cpuMicros),
    instructions: Number.isNaN(each) ? null : { each, vsFloor: against(({ instructions }) => instructions) },
    d1Queries: of(({ d1Queries }) => d1Queries),
    kvReads: of(({ kvReads }) => kvReads),
    kvWrites: of(({ kvWrites }) => kvWrites),
    upstreamCalls: of(({ upstreamCalls }) => upstreamCalls),
  };
}

const FAMILIES: Record<Family, string> = {
  status: 'GET status',
  result: 'GET result',
  submit: 'POST submit',
};

type Column = { head: string; width: number; show: (figures: Figures) => string };

const COLUMNS: Column[] = [
  { head: 'req/s', width: 7, show: ({ perSecond }) => perSecond.toFixed(0) },
  { head: '× floor', width: 18, show: ({ vsFloor }) => ratio(vsFloor) },
  { head: 'p50 ms', width: 8, show: ({ p50Ms }) => p50Ms.toFixed(2) },
  { head: 'CPU µs', width: 8, show: ({ cpuMicros }) => cpuMicros.toFixed(0) },
  { head: '× floor', width: 18, show: ({ cpuVsFloor }) => ratio(cpuVsFloor) },
  { head: 'D1', width: 4, show: ({ d1Queries }) => count(d1Queries) },
  { head: 'KV', width: 4, show: ({ kvReads }) => count(kvReads) },
  { head: 'upstr.', width: 8, show: ({ upstreamCalls }) => count(upstreamCalls) },
];
const INSTRUCTIONS: Column[] = [
  { head: 'k instr.', width: 9, show: ({ instructions }) => ((instructions?.each ?? 0) / 1000).toFixed(0) },
  {
    head: '× floor',
    width: 18,
    show: ({ instructions }) => (instructions === null ? '' : ratio(instructions.vsFloor)),
  },
];

/** A table for each set of headers, one line a scenario. */
export function tables(all: Figures[]): string[] {
  const columns = all.some(({ instructions }) => instructions !== null)
    ? [...COLUMNS, ...INSTRUCTIONS]
    : COLUMNS;
  const line = (name: string, cells: string[]) =>
    name.padEnd(32) + cells.map((cell, at) => cell.padStart(columns[at]?.width ?? 0)).join('');
  const head = columns.map((column) => column.head);
  return (['few', 'many'] as const).flatMap((headers) =>
    (['status', 'result', 'submit'] as const).flatMap((family) => {
      const rows = all.filter((figures) => figures.family === family && figures.headers === headers);
      return [
        '',
        line(`${FAMILIES[family]}, ${headers} headers`, head),
        ...rows.map((figures) =>
          line(
            `  ${figures.name}`,
            columns.map(({ show }) => show(figures)),
          ),
        ),
      ];
    }),
  );
}

function ratio({ median: middle, low, high }: Ratio): string {
  return `${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function count(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, '');
}
