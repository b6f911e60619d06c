// The tables of docs/cost.md.

import { CALLS, PRICED, type CallName } from './calls.ts';
import type { Costs, JobCost } from './costs.ts';
import { amount, dollars, item, paragraph, table, whole } from './format.ts';
import type { Inputs } from './inputs.ts';
import { eachMeter, firstUsedUp, fitting, METERS, millionMicros, monthMicros } from './meters.ts';
import { sumMicros, total, type Fit, type Meter, type Usage } from './meters.ts';

const NAMES: Record<Meter, string> = {
  requests: 'requests',
  cpuMs: 'CPU, ms',
  rowsRead: 'D1 rows read',
  rowsWritten: 'D1 rows written',
  kvReads: 'KV reads',
  kvWrites: 'KV writes',
  logEvents: 'log events',
};
/** Jobs a month. */
const MONTHS = [10_000, 100_000, 1_000_000, 10_000_000];
/** Without these nothing goes on; without KV, D1 answers, and without logs nobody notices. */
const VITAL: Meter[] = ['requests', 'rowsRead', 'rowsWritten'];
const NO_END = '–';

const isCall = (name: string): name is CallName => name in CALLS;

export function usageTable({ call }: Costs): string {
  const meters = METERS.filter((meter) => meter !== 'requests');
  return table([
    ['a call', ...meters.map((meter) => NAMES[meter].replace(/^D1 | events$/, ''))],
    ...Object.keys(CALLS)
      .filter(isCall)
      .map((name) => [name, ...meters.map((meter) => amount(call(name)[meter]))]),
  ]);
}

export function callsTable({ call, inputs }: Costs): string {
  const columns = PRICED.map((priced) => millionMicros(call(priced.call), inputs.prices.meters));
  return table([
    ['$ a million', ...PRICED.map(({ heading }) => heading)],
    ...METERS.map((meter) => [NAMES[meter], ...columns.map((micros) => dollars(micros[meter]))]),
    ['**sum**', ...columns.map((micros) => dollars(sumMicros(micros)))],
  ]);
}

export function jobTables(costs: Costs): string[] {
  return costs.jobs.flatMap((job) => [
    paragraph(`**${job.kind.name}**: ${job.kind.about}.`),
    jobTable(costs, job),
    includedJobs(costs, job),
  ]);
}

function jobTable({ inputs, idleMonth }: Costs, { usage }: JobCost): string {
  const { meters } = inputs.prices;
  const micros = millionMicros(usage, meters);
  return table([
    ['', 'a job takes', '$ a million jobs', 'included a month', 'jobs within it'],
    ...METERS.map((meter) => {
      const { includedPerMonth } = meters[meter];
      const jobs = fitting(includedPerMonth, usage[meter], idleMonth[meter]);
      return [NAMES[meter], amount(usage[meter]), dollars(micros[meter]), whole(includedPerMonth), fit(jobs)];
    }),
    ['**sum**', '', dollars(sumMicros(micros)), '', ''],
  ]);
}

function fit(count: number | null): string {
  return count === null ? NO_END : whole(count);
}

/** How many jobs a month cost no more than the plan, and what is used up first. */
function includedJobs({ inputs, idleMonth }: Costs, { usage }: JobCost): string {
  const { meters, paidPlan } = inputs.prices;
  const first = firstUsedUp(
    eachMeter((meter) => fitting(meters[meter].includedPerMonth, usage[meter], idleMonth[meter])),
  );
  return paragraph(
    `${whole(first?.count ?? 0)} such jobs a month are within the plan’s $${paidPlan.usdPerMonth}; ${nameOf(first)} are used up first. What the triggers take is taken off before.`,
  );
}

function nameOf(found: Fit | null): string {
  return found === null ? 'none' : NAMES[found.meter];
}

export function monthTable({ inputs, jobs, idleMonth }: Costs): string {
  const { meters, paidPlan } = inputs.prices;
  const bill = (usage: Usage, times: number) =>
    monthMicros(
      total([
        { usage, times },
        { usage: idleMonth, times: 1 },
      ]),
      meters,
      paidPlan.usdPerMonth,
    );
  return table([
    ['$ a month, by jobs a month', ...jobs.map(({ kind }) => kind.name)],
    ...MONTHS.map((count) => [whole(count), ...jobs.map(({ usage }) => dollars(bill(usage, count)))]),
  ]);
}

export function freeTable(costs: Costs): string {
  const { inputs, idleDay, jobs, call } = costs;
  const { meters, freeCpuMsPerCall } = inputs.prices;
  const columns: { heading: string; usage: Usage }[] = [
    { heading: 'submits', usage: call('submit') },
    { heading: 'polls', usage: call('status poll, owner known') },
    { heading: 'from KV', usage: call('status poll, owner from KV') },
    ...jobs.map(({ kind, usage }) => ({ heading: kind.short, usage })),
  ];
  const left = (usage: Usage, meter: Meter) =>
    fitting(meters[meter].freePerDay, usage[meter], idleDay[meter]);
  const limited = METERS.filter((meter) => meters[meter].freePerDay !== null);
  const rows = limited.map((meter) => [
    NAMES[meter],
    fit(meters[meter].freePerDay),
    whole(Math.ceil(idleDay[meter])),
    ...columns.map(({ usage }) => fit(left(usage, meter))),
  ]);
  const ends = jobs.map(({ kind, usage }) => {
    const first = firstUsedUp(eachMeter((meter) => left(usage, meter)));
    const vital = firstUsedUp(eachMeter((meter) => (VITAL.includes(meter) ? left(usage, meter) : null)));
    return `${kind.name}: ${nameOf(first)} are used up first, after ${fit(first?.count ?? null)} jobs a day; ${nameOf(vital)} end the day after ${fit(vital?.count ?? null)}.`;
  });
  const heaviest = Math.max(
    ...Object.keys(CALLS)
      .filter(isCall)
      .map((name) => call(name).cpuMs),
  );
  const cpu = `CPU: ${freeCpuMsPerCall.ms} ms a call; the heaviest call above takes ${amount(heaviest)}.`;
  return [
    table([['a day', 'allowance', 'triggers', ...columns.map(({ heading }) => heading)], ...rows]),
    [...ends, cpu].map(item).join('\n'),
  ].join('\n\n');
}

export function pricesTable({ prices }: Inputs): string {
  const { meters, pages } = prices;
  const rows = METERS.map((meter) => {
    const { usdPerMillion, includedPerMonth, freePerDay, page } = meters[meter];
    return [NAMES[meter], String(usdPerMillion), whole(includedPerMonth), fit(freePerDay), page];
  });
  const sources = Object.entries(pages).map(
    ([name, { url, updated }]) => `- ${name}: <${url}>${updated === null ? '' : `, of ${updated}`}`,
  );
  return [
    table([['', '$ a million', 'Paid, a month', 'Free, a day', 'page'], ...rows]),
    paragraph(
      `Read on ${prices.readOn}, in stored copies of these pages; one without a date may have changed since.`,
    ),
    sources.join('\n'),
  ].join('\n\n');
}
