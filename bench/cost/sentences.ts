// What docs/cost.md says in sentences with figures in them: the comparison with RunComfy's prices, storage, and logs.

import { createBudget } from '../../src/features/lifecycle/budget.ts';
import { CRON_RUNS_A_DAY } from './calls.ts';
import type { Costs } from './costs.ts';
import { amount, dollars, paragraph, whole } from './format.ts';
import type { Inputs } from './inputs.ts';
import { millionMicros, sumMicros } from './meters.ts';

/** What a job costs at RunComfy, in dollars; five seconds of a built-in model by their list price are $0.25. */
const LISTED = [0.05, 0.25, 1];
const GB = 1e9;
/** KV's copies of who owns what expire after so many days: a month's. */
const KV_DAYS = 30;

export function comparison({ jobs, inputs }: Costs): string {
  const perJob = jobs.map(({ usage }) => sumMicros(millionMicros(usage, inputs.prices.meters)) / 1e6);
  const dearest = Math.max(...perJob);
  const shares = LISTED.map((usd) => `${percent(dearest / (usd * 1e6))} of a job of $${usd.toFixed(2)}`);
  return paragraph(
    `Beside RunComfy’s own price the gateway adds, everything beyond what is included, at most $${(dearest / 1e6).toFixed(6)} a job: ${shares.join(', ')} (a built-in video model at its list price of $0.05 a second costs $0.25 for 5 s).`,
  );
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

export function storageText({ storage, prices }: Inputs): string {
  const { bytesPerJob, resultBytes, kvBytesPerJob } = storage;
  const { d1, d1Database, kv } = prices.storage;
  const jobsIn = (gb: number, bytes: number) => whole(Math.floor((gb * GB) / bytes));
  const monthly = (bytes: number, usdPerGbMonth: number) =>
    dollars(Math.round((bytes * 1e6 * usdPerGbMonth * 1e6) / GB));
  const whenFull = Math.floor((d1Database.paidGb * GB) / bytesPerJob / 365);
  const rest = bytesPerJob - resultBytes;
  return [
    `A settled job leaves ${whole(bytesPerJob)} bytes in D1, its ledger rows and indexes included: ${whole(rest)} and its result, here ${whole(resultBytes)} bytes; a result of up to 32 KiB is kept. Nothing is ever deleted. ${jobsIn(d1.includedGb, bytesPerJob)} jobs fit into the included ${d1.includedGb} GB; from there on each million jobs costs $${monthly(bytesPerJob, d1.usdPerGbMonth)} a month for as long as they are kept. One database is full at ${d1Database.paidGb} GB, after ${jobsIn(d1Database.paidGb, bytesPerJob)} jobs: at ${whole(whenFull)} jobs a day that is a year. On the free plan a database ends at ${d1Database.freeGb * 1000} MB, after ${jobsIn(d1Database.freeGb, bytesPerJob)} jobs.`,
    `In KV a job leaves ${whole(kvBytesPerJob)} bytes for ${KV_DAYS} days. The included ${kv.includedGb} GB are enough for ${jobsIn(kv.includedGb, kvBytesPerJob)} jobs in ${KV_DAYS} days; a million beyond that costs $${monthly(kvBytesPerJob, kv.usdPerGbMonth)}.`,
  ]
    .map(paragraph)
    .join('\n\n');
}

/** What one run of the cron may do on either plan, as the Worker itself has it. */
export function cronText({ call }: Costs): string {
  const free = createBudget('free', { now: () => 0 }).room();
  const settles = call('cron, settles a job');
  const looks = call('cron, looks at a job');
  return paragraph(
    `On the free plan (\`PLAN\` unset) a run looks at ${free} jobs, ${whole(free * CRON_RUNS_A_DAY)} a day. On the paid one (\`PLAN = "paid"\`) it goes on for 48 s with five looks at once: with 200 ms a call some 1,150 jobs a run. A look takes ${amount(looks.rowsRead)} rows read and ${amount(looks.rowsWritten)} written, one that settles its job ${amount(settles.rowsRead)} and ${amount(settles.rowsWritten)}, each of 50 alike. \`npm run fairness\` plays both plans: docs/performance.md.`,
  );
}

export function logChange({ prices }: Inputs): string {
  const { from, usdPerGbIngested, usdPerGbMonthStored, retentionDays, ...included } = prices.logsFromDecember;
  const usdPerGb = usdPerGbIngested + (usdPerGbMonthStored * retentionDays) / 30;
  const evenBytes = Math.round((prices.meters.logEvents.usdPerMillion / 1e6 / usdPerGb) * GB);
  return paragraph(
    `From ${from} on Cloudflare counts logs by size and not by event: $${usdPerGbIngested} a GB beyond ${included.includedGbIngested} GB a month, and $${usdPerGbMonthStored.toFixed(2)} a GB-month of what is kept (${retentionDays} days) beyond ${included.includedGbMonthStored}; the free plan takes ${included.freeGbPerDay} GB a day. The tables here still have the price by event. An event of ${whole(evenBytes)} bytes costs the same either way; our lines have some 250 bytes.`,
  );
}
