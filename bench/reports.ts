// `npm run bench:reports`: what a customer's reports do to another one's submits. B submits alone, then beside eight
// reports of A over the longest period that there is, whose jobs are many. The ratio decides; times are only shown.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { over } from '../scripts/call.ts';
import { say, step } from '../scripts/terminal.ts';
import { amount, whole } from './cost/format.ts';
import { seedPast } from './growth/seed.ts';
import { startJobsUpstream } from './jobs-upstream.ts';
import { ADMIN_TOKEN, raise } from './stage.ts';
import { median } from './statistics.ts';
import { seedTenants } from './tenants.ts';

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '400000' } } });
/** Half of them are A's. */
const jobs = Number(values.jobs);
const REPORTS = 8;
/** As many reports as the rate limit of reads lets through at once, or nearly. */
const ROUNDS = 12;
const MOST = 2;
const DAY_MS = 86_400_000;
const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = JSON.stringify({ prompt: 'a lighthouse in the rain, seen from the sea', seed: 42 });

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const PERIOD = `from=${dayOf(Date.now() - 365 * DAY_MS)}&to=${dayOf(Date.now() + DAY_MS)}`;

function caller(origin: string, key: string) {
  const pool = new Pool(origin, { connections: REPORTS });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return async (method: 'GET' | 'POST', path: string): Promise<{ text: string; ms: number }> => {
    const startMs = performance.now();
    const body = method === 'POST' ? { body: INPUT } : {};
    const reply = await pool.request({ method, path, headers, ...body });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) {
      throw new Error(`${method} ${path}: ${reply.statusCode}: ${text}`);
    }
    return { text, ms: performance.now() - startMs };
  };
}

const folder = mkdtempSync(join(tmpdir(), 'comfygate-reports-'));
const upstream = await startJobsUpstream({ seed: 1, meanSeconds: 40, failing: 0 });
const stage = await raise(folder, upstream.origin, {});
try {
  const [a, b] = await seedTenants(stage.db, 2);
  if (a === undefined || b === undefined) {
    throw new Error('there are no tenants');
  }
  await seedPast(stage.db, a, { jobs, customers: 10 });
  const origin = stage.origins.miniflare;
  await over(origin)('/admin/ledger/rebuild', { method: 'POST', token: ADMIN_TOKEN });
  step(`${whole(jobs)} past jobs, half of them of A`);
  const [ofA, ofB] = [caller(origin, a.key), caller(origin, b.key)];
  const report = () => ofA('GET', `/v1/usage?${PERIOD}&group_by=key,model`);
  const submit = async () => (await ofB('POST', MODEL)).ms;
  const { text } = await report();
  await submit();
  const idle: number[] = [];
  const beside: number[] = [];
  const reports: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    idle.push(await submit());
    const [ms, ...told] = await Promise.all([
      submit(),
      ...Array.from({ length: REPORTS }, async () => (await report()).ms),
    ]);
    beside.push(ms);
    reports.push(...told);
  }
  const ratio = median(beside) / median(idle);
  say(`A's report counts ${whole(Number(Object(JSON.parse(text)).total.jobs))} jobs.`);
  say(
    `B's submit alone: p50 ${amount(median(idle))} ms; beside ${REPORTS} reports of A: ${amount(median(beside))} ms.`,
  );
  say(`A report of A among eight: p50 ${amount(median(reports))} ms.`);
  say(`Ratio ${amount(ratio)}; at most ${MOST} is promised.`);
  process.exitCode = ratio <= MOST ? 0 : 1;
} finally {
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
