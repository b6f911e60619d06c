// The arithmetic behind docs/cost.md: figures that were computed by hand, Cloudflare's own examples, and what is said
// when something is missing.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { FILES, parsePrices, usageOf } from '../../bench/cost/inputs.ts';
import {
  eachMeter,
  firstUsedUp,
  fitting,
  millionMicros,
  monthMicros,
  total,
} from '../../bench/cost/meters.ts';
import { sumMicros, type Price, type Prices, type Usage } from '../../bench/cost/meters.ts';
import { COST_PAGE, requireCurrent } from '../../bench/cost/page.ts';

const root = resolve(import.meta.dirname, '../..');
const published = parsePrices(JSON.parse(readFileSync(join(root, FILES.prices), 'utf8')));

const none = eachMeter(() => 0);
/** A dollar a million, a million included a month, a thousand free a day, for each meter. */
const round: Price = { usdPerMillion: 1, includedPerMonth: 1e6, freePerDay: 1e3 };
const roundPrices = eachMeter(() => round);
const use = (some: Partial<Usage>): Usage => ({ ...none, ...some });

test('a million calls cost what each takes, by the price of a million', ({ expect }) => {
  const prices: Prices = { ...roundPrices, rowsRead: { ...round, usdPerMillion: 0.001 } };
  const micros = millionMicros(use({ requests: 1, cpuMs: 0.5, rowsRead: 40, rowsWritten: 25 }), prices);
  expect(micros).toEqual({ ...none, requests: 1e6, cpuMs: 5e5, rowsRead: 40_000, rowsWritten: 25e6 });
  expect(sumMicros(micros)).toBe(26_540_000);
});

test('half a micro-dollar is rounded up, once', ({ expect }) => {
  const prices: Prices = { ...roundPrices, requests: { ...round, usdPerMillion: 0.5 } };
  expect(millionMicros(use({ requests: 1e-6 }), prices).requests).toBe(1);
  expect(millionMicros(use({ requests: 3e-6 }), prices).requests).toBe(2);
});

test('a job takes what its calls take together', ({ expect }) => {
  const submit = use({ requests: 1, rowsWritten: 20, kvWrites: 1 });
  const poll = use({ requests: 1, cpuMs: 0.25 });
  expect(
    total([
      { usage: submit, times: 1 },
      { usage: poll, times: 60 },
    ]),
  ).toEqual(use({ requests: 61, rowsWritten: 20, kvWrites: 1, cpuMs: 15 }));
});

test('a month costs the plan alone until an allowance is used up, and no allowance helps another', ({
  expect,
}) => {
  expect(monthMicros(use({ requests: 1e6, kvWrites: 1e6 }), roundPrices, 5)).toBe(5_000_000);
  expect(monthMicros(use({ requests: 1.5e6 }), roundPrices, 5)).toBe(5_500_000);
  expect(monthMicros(use({ requests: 3e6, kvWrites: 4e6 }), roundPrices, 5)).toBe(10_000_000);
});

test.for([
  { what: '15 million requests of 7 ms', usage: { requests: 15e6, cpuMs: 105e6 }, usd: 8 },
  { what: '100 million requests of 7 ms', usage: { requests: 100e6, cpuMs: 700e6 }, usd: 45.4 },
  { what: '720 runs of a cron of 180 s', usage: { requests: 720, cpuMs: 129.6e6 }, usd: 6.99 },
  { what: 'two logs of a tenth of a billion requests', usage: { logEvents: 200e6 }, usd: 5 + 108 },
])('$what cost what Cloudflare’s own example says', ({ usage, usd }, { expect }) => {
  const micros = monthMicros(use(usage), published.meters, published.paidPlan.usdPerMonth);
  expect(Math.round(micros / 1e4) / 100).toBe(usd);
});

test('what fits into an allowance is whole, less what is taken already', ({ expect }) => {
  expect(fitting(100, 3, 0)).toBe(33);
  expect(fitting(100, 3, 10)).toBe(30);
  expect(fitting(100, 3, 200)).toBe(0);
  expect(fitting(100, 0, 10)).toBeNull();
  expect(fitting(null, 3, 0)).toBeNull();
});

test('the allowance that carries least is used up first', ({ expect }) => {
  expect(firstUsedUp({ ...eachMeter(() => null), requests: 1_600, kvWrites: 1_000 })).toEqual({
    meter: 'kvWrites',
    count: 1_000,
  });
  expect(firstUsedUp(eachMeter(() => null))).toBeNull();
});

const counted = (rowsRead: number) => ({ rowsRead, rowsWritten: 5, kvReads: 1, kvWrites: 0 });
const measured = {
  paths: { submit: counted(40), idle: counted(9) },
  bench: {
    measuredAt: '2026-11-21T00:00:00.000Z',
    scenarios: [
      { name: 'submit', stores: 'instant' as const, cpuMicros: 800 },
      { name: 'submit', stores: 'miniflare' as const, cpuMicros: 5_000 },
      { name: 'slow', stores: 'miniflare' as const, cpuMicros: 5_000 },
    ],
  },
};

test('a call takes its counts, the CPU with instant stores, and its lines in the log', ({ expect }) => {
  const call = { path: 'submit', cpu: ['submit', 'submit'], lines: 0.1 };
  expect(usageOf(call, measured)).toEqual({
    requests: 1,
    cpuMs: 1.6,
    rowsRead: 40,
    rowsWritten: 5,
    kvReads: 1,
    kvWrites: 0,
    logEvents: 0.1,
  });
  const within = { path: 'submit', without: ['idle'], cpu: [], lines: null };
  expect(usageOf(within, measured)).toEqual(use({ rowsRead: 31 }));
  expect(usageOf({ ...within, of: 4 }, measured)).toEqual(use({ rowsRead: 7.75 }));
});

test('what is unknown or missing is named', ({ expect }) => {
  const call = { path: 'submit', cpu: ['submit'], lines: 1 };
  const usage = (changes: object) => () => usageOf({ ...call, ...changes }, measured);
  expect(usage({ path: 'sumbit' })).toThrow('bench/budgets.json has no path «sumbit».');
  expect(usage({ without: ['nothing'] })).toThrow('bench/budgets.json has no path «nothing».');
  expect(usage({ cpu: ['slow'] })).toThrow('docs/bench.json has no scenario «slow»');
  const { kvWrites: _, ...meters } = published.meters;
  expect(() => parsePrices({ ...published, meters })).toThrow('bench/prices.json: meters.kvWrites');
});

/** A copy of the page and of what it is computed from. */
function copyOfInputs(): string {
  const copy = mkdtempSync(join(tmpdir(), 'comfygate-cost-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const file of [COST_PAGE, ...Object.values(FILES)]) {
    cpSync(join(root, file), join(copy, file));
  }
  return copy;
}

test('a page that its inputs have left behind is told with the lines that differ', ({ expect }) => {
  const copy = copyOfInputs();
  expect(() => requireCurrent(copy)).not.toThrow();
  const prices = structuredClone(published);
  prices.meters.kvWrites.usdPerMillion = 7.77;
  writeFileSync(join(copy, FILES.prices), JSON.stringify(prices));
  expect(() => requireCurrent(copy)).toThrow(/docs\/cost\.md is not what[^]*\n- [^]*5\.00[^]*\n\+ [^]*7\.77/);
});

test('every page that a price comes from is listed with its address', ({ expect }) => {
  const { meters, paidPlan, freeCpuMsPerCall, storage, logsFromDecember, pages } = JSON.parse(
    readFileSync(join(root, FILES.prices), 'utf8'),
  );
  const priced = [
    ...Object.values(meters),
    ...Object.values(storage),
    paidPlan,
    freeCpuMsPerCall,
    logsFromDecember,
  ];
  expect(priced.map(({ page }) => page).filter((page) => !(page in pages))).toEqual([]);
});

test('but for addresses, the page can be read at 100 columns', ({ expect }) => {
  const page = readFileSync(join(root, COST_PAGE), 'utf8');
  expect(page.split('\n').filter((line) => line.length > 100 && !line.includes('<https'))).toEqual([]);
});
