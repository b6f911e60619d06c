// `npm run bench:reports`: what a customer's reports do to another one's submits. B submits alone, beside eight reports of
// A, whose jobs are many, and beside eight of C, who has none, each over the longest period that there is.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { over } from '../scripts/call.ts';
import { say, step } from '../scripts/terminal.ts';
import { amount, whole } from './format.ts';
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
const ROUNDS = 11;
/** Of the time alone. */
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
const stage = await raise(folder, upstream.origin, { quiet: true });
try {
  const [a, b, c] = await seedTenants(stage.db, 3);
  if (a === undefined || b === undefined || c === undefined) {
    throw new Error('there are no tenants');
  }
  await seedPast(stage.db, a, { jobs, customers: 10 });
  const origin = stage.origins.miniflare;
  await over(origin)('/admin/ledger/rebuild', { method: 'POST', token: ADMIN_TOKEN });
  step(`${whole(jobs)} past jobs, half of them of A`);
  const [ofA, ofB, ofC] = [caller(origin, a.key), caller(origin, b.key), caller(origin, c.key)];
  const report = (of: typeof ofA) => of('GET', `/v1/usage?${PERIOD}&group_by=key,model`);
  const submit = async () => (await ofB('POST', MODEL)).ms;
  const besideReports = async (of: typeof ofA) => {
    const [ms] = await Promise.all([submit(), ...Array.from({ length: REPORTS }, () => report(of))]);
    return ms;
  };
  const { text } = await report(ofA);
  await report(ofC);
  await submit();
  const times = { alone: new Array<number>(), many: new Array<number>(), none: new Array<number>() };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.alone.push(await submit());
    times.many.push(await besideReports(ofA));
    times.none.push(await besideReports(ofC));
  }
  const [alone, many, none] = [median(times.alone), median(times.many), median(times.none)];
  say(`A's report counts ${whole(Number(Object(JSON.parse(text)).total.jobs))} jobs, C's none.`);
  say(`p50 of B's submit: alone ${amount(alone)} ms`);
  say(`  beside ${REPORTS} reports of A ${amount(many)} ms, ${amount(many / alone)} times as long`);
  say(`  beside ${REPORTS} reports of C ${amount(none)} ms, ${amount(none / alone)} times as long`);
  say(
    `At most ${MOST} times as long is promised. A's jobs make it ${amount(many / none)} times as long as C's.`,
  );
  process.exitCode = many / alone <= MOST ? 0 : 1;
} finally {
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
