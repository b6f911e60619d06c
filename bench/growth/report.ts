// From the samples of all sizes to a table and a verdict. Pure.

import { amount, whole } from '../format.ts';
import { median } from '../statistics.ts';
import { CALLS, type CallName, type Sample } from './calls.ts';
import type { Past } from './seed.ts';

export type Size = { past: Past; rounds: Record<CallName, Sample>[] };

type Figures = { rowsRead: number; rowsWritten: number; d1Queries: number; p50Ms: number };

export type Growth = {
  call: CallName;
  sizes: (Past & Figures & { ratios: Record<keyof Figures, number> })[];
};

/** SQLite reads one row beyond a range if there is one, so a call may read a few more or fewer. */
export const TOLERANCE = { rowsRead: 3, rowsWritten: 0 };

export function growthOf(sizes: Size[]): Growth[] {
  return CALLS.map((call) => {
    const all = sizes.map(({ past, rounds }) => ({
      past,
      figures: figuresOf(rounds.map((round) => round[call])),
    }));
    const smallest = all[0]?.figures;
    return {
      call,
      sizes: all.map(({ past, figures }) => ({
        ...past,
        ...figures,
        ratios: ratiosOf(figures, smallest ?? figures),
      })),
    };
  });
}

function figuresOf(samples: Sample[]): Figures {
  const of = (read: (sample: Sample) => number) => median(samples.map(read));
  return {
    rowsRead: of(({ rowsRead }) => rowsRead),
    rowsWritten: of(({ rowsWritten }) => rowsWritten),
    d1Queries: of(({ d1Queries }) => d1Queries),
    p50Ms: median(samples.flatMap(({ latenciesMs }) => latenciesMs)),
  };
}

function ratiosOf(figures: Figures, smallest: Figures): Record<keyof Figures, number> {
  const ratio = (name: keyof Figures) => (smallest[name] === 0 ? 1 : figures[name] / smallest[name]);
  return {
    rowsRead: ratio('rowsRead'),
    rowsWritten: ratio('rowsWritten'),
    d1Queries: ratio('d1Queries'),
    p50Ms: ratio('p50Ms'),
  };
}

/** A sentence for each figure that differs by more than the tolerance. */
export function grown(all: Growth[]): string[] {
  return all.flatMap(({ call, sizes }) =>
    (['rowsRead', 'rowsWritten'] as const).flatMap((name) => {
      const values = sizes.map((size) => size[name]);
      const apart = Math.max(...values) - Math.min(...values);
      const verb = name === 'rowsRead' ? 'reads' : 'writes';
      return apart > TOLERANCE[name]
        ? [`${call} ${verb} ${values.map(amount).join('; ')} rows: ${amount(apart)} apart`]
        : [];
    }),
  );
}

const FIRST = 46;
const COLUMN = 13;

/** 98 columns for four sizes. */
export function table(all: Growth[]): string[] {
  const [first] = all;
  const head = (title: string, read: (size: Past) => number) =>
    line(title, first?.sizes.map((size) => whole(read(size))) ?? []);
  const rows = all.flatMap(({ call, sizes }) => [
    line(
      `${call}: rows read`,
      sizes.map(({ rowsRead }) => amount(rowsRead)),
    ),
    line(
      '    rows written',
      sizes.map(({ rowsWritten }) => amount(rowsWritten)),
    ),
    line(
      '    p50 ms, × smallest',
      sizes.map(({ p50Ms, ratios }) => `${p50Ms.toFixed(2)} ${ratios.p50Ms.toFixed(2)}`),
    ),
  ]);
  return [head('past jobs', ({ jobs }) => jobs), head('customers', ({ customers }) => customers), ...rows];
}

function line(title: string, cells: string[]): string {
  return title.padEnd(FIRST) + cells.map((cell) => cell.padStart(COLUMN)).join('');
}
