// What docs/cost.md is computed from, read and checked: counts, CPU, storage, prices. What is missing or unknown is an
// error that names it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { Mistake } from '../../scripts/terminal.ts';
import type { Call } from './calls.ts';
import { type Usage } from './meters.ts';

const count = z.int().check(z.nonnegative());
const amount = z.number().check(z.nonnegative());

const counts = z.object({ rowsRead: count, rowsWritten: count, kvReads: count, kvWrites: count });
type Counts = z.output<typeof counts>;
const budgetsFile = z.object({ paths: z.record(z.string(), counts) });

const benchFile = z.object({
  measuredAt: z.iso.datetime(),
  scenarios: z.array(
    z.object({ name: z.string(), stores: z.nullable(z.enum(['instant', 'miniflare'])), cpuMicros: amount }),
  ),
});

const storageFile = z.object({ bytesPerJob: count, resultBytes: count, kvBytesPerJob: count });

const meter = z.object({
  usdPerMillion: amount,
  includedPerMonth: count,
  freePerDay: z.nullable(count),
  page: z.string(),
});
const pricesFile = z.object({
  readOn: z.iso.date(),
  pages: z.record(z.string(), z.object({ url: z.url(), updated: z.nullable(z.iso.date()) })),
  paidPlan: z.object({ usdPerMonth: amount }),
  meters: z.object({
    requests: meter,
    cpuMs: meter,
    rowsRead: meter,
    rowsWritten: meter,
    kvReads: meter,
    kvWrites: meter,
    logEvents: meter,
  }),
  freeCpuMsPerCall: z.object({ ms: amount }),
  storage: z.object({
    d1: z.object({ usdPerGbMonth: amount, includedGb: amount }),
    d1Database: z.object({ paidGb: amount, freeGb: amount }),
    kv: z.object({ usdPerGbMonth: amount, includedGb: amount }),
  }),
  logsFromDecember: z.object({
    from: z.iso.date(),
    usdPerGbIngested: amount,
    includedGbIngested: amount,
    usdPerGbMonthStored: amount,
    includedGbMonthStored: amount,
    freeGbPerDay: amount,
    retentionDays: amount,
  }),
});

export type Inputs = {
  paths: z.output<typeof budgetsFile>['paths'];
  bench: z.output<typeof benchFile>;
  prices: z.output<typeof pricesFile>;
  storage: z.output<typeof storageFile>;
};

export const FILES = {
  budgets: 'bench/budgets.json',
  bench: 'docs/bench.json',
  prices: 'bench/prices.json',
  storage: 'bench/storage.json',
};

export function readInputs(root: string): Inputs {
  const text = (file: string) => {
    if (!existsSync(join(root, file))) {
      throw new Mistake(`${file} is not there.`);
    }
    return readFileSync(join(root, file), 'utf8');
  };
  const json = (file: string): unknown => JSON.parse(text(file));
  return {
    paths: parseAs(budgetsFile, FILES.budgets, json(FILES.budgets)).paths,
    bench: parseAs(benchFile, FILES.bench, json(FILES.bench)),
    prices: parsePrices(json(FILES.prices)),
    storage: parseAs(storageFile, FILES.storage, json(FILES.storage)),
  };
}

export function parsePrices(value: unknown): Inputs['prices'] {
  return parseAs(pricesFile, FILES.prices, value);
}

function parseAs<T>(schema: z.ZodMiniType<T>, file: string, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (data === undefined) {
    const problems = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
    throw new Mistake(`${file}: ${problems.join('; ')}`);
  }
  return data;
}

/** What one such call uses. */
export function usageOf(
  { path, without = [], of = 1, cpu, lines }: Call,
  { paths, bench }: Pick<Inputs, 'paths' | 'bench'>,
): Usage {
  const others = without.map((name) => countsOf(name, paths));
  const all = countsOf(path, paths);
  const own = (name: keyof Counts) =>
    Math.max(
      0,
      others.reduce((left, other) => left - other[name], all[name]),
    ) / of;
  return {
    requests: lines === null ? 0 : 1,
    cpuMs: cpu.reduce((sum, name) => sum + cpuMicrosOf(name, bench), 0) / 1000,
    rowsRead: own('rowsRead'),
    rowsWritten: own('rowsWritten'),
    kvReads: own('kvReads'),
    kvWrites: own('kvWrites'),
    logEvents: lines ?? 0,
  };
}

function countsOf(path: string, known: Inputs['paths']): Counts {
  const found = known[path];
  if (found === undefined) {
    throw new Mistake(`${FILES.budgets} has no path «${path}».`);
  }
  return found;
}

/** Workerd's whole CPU with stores that answer at once: what theirs take is not billed as the Worker's. */
function cpuMicrosOf(name: string, { scenarios }: Inputs['bench']): number {
  const found = scenarios.find((scenario) => scenario.name === name && scenario.stores === 'instant');
  if (found === undefined) {
    throw new Mistake(`${FILES.bench} has no scenario «${name}» with stores that answer at once.`);
  }
  return found.cpuMicros;
}
