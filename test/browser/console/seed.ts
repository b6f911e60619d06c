// A gateway that has been at work for a month, so that its pages have something to show.

import type { Opened } from './support.ts';
import { MODEL } from './support.ts';
import { GATEWAY } from '../../../scripts/local-cloud.ts';

const DAY_MS = 86_400_000;
const OTHER_MODEL = 'bytedance/dreamina-3-0/pro/image-to-video';
const NAMES = ['Northwind Studio', 'Pixel & Sons', 'Lumen Labs'];

export type Seeded = { customer: string; job: string };

/** Customers, keys, jobs of every end, a refund, and the sums of thirty days. */
export async function seed(opened: Opened): Promise<Seeded> {
  const { stage } = opened;
  const customers: { id: string; token: string }[] = [];
  for (const [index, name] of NAMES.entries()) {
    const limits = { requests_per_day: 10, spend_per_month_usd: 1, max_concurrent: 5 };
    const body = { name, external_id: `crm-${index + 1}`, markup: 1.25, prepaid: index < 2, limits };
    const { id } = (await stage.admin('POST', '/admin/customers', body)).body;
    await stage.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 25, note: 'invoice 2026-031' });
    const key = { name: 'production', limits: { max_concurrent: 10 } };
    customers.push({ id, token: (await stage.admin('POST', `/admin/customers/${id}/keys`, key)).body.key });
  }
  const [first, second] = customers;
  if (first === undefined || second === undefined) {
    throw new Error('no customers');
  }
  for (const { token } of customers) {
    const { body } = await opened.submit(token);
    await opened.finish(token, body.request_id);
  }
  await failed(opened, second.token);
  await unconfirmed(opened, second.token);
  const { body } = await opened.submit(first.token);
  await opened.finish(first.token, body.request_id);
  const refund = { amount_usd: 0.1, note: 'the boat has two bows', job: body.request_id };
  await stage.admin('POST', `/admin/customers/${first.id}/credits`, refund);
  await sumDays(
    opened,
    customers.map(({ id }) => id),
  );
  return { customer: first.id, job: body.request_id };
}

async function failed({ stage, submit }: Opened, token: string): Promise<void> {
  const { body } = await submit(token);
  const { jobs } = await stage.simulator('GET', '/_simulator/accepted');
  const end = { as: 'failed', error: 'The input image could not be read.' };
  await stage.simulator('POST', `/_simulator/jobs/${jobs.at(-1).id}/finish`, end);
  await stage.call(`/v1/requests/${body.request_id}/result`, { token });
}

async function unconfirmed({ stage, submit }: Opened, token: string): Promise<void> {
  await stage.simulator('POST', '/_simulator/faults', { on: 'submit', fault: { kind: 'cut' }, times: 1 });
  await submit(token);
}

/** As the cron would have summed them. */
async function sumDays({ stage }: Opened, ids: string[]): Promise<void> {
  const db = await stage.miniflare.getD1Database('DB', GATEWAY);
  const today = Math.floor(Date.now() / DAY_MS);
  const insert = db.prepare(
    `INSERT INTO overview_days (day, kind, subject, jobs, succeeded, failed, cancelled, lost, charged_micros,
       adjusted_micros, cost_micros, loss_micros) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 0, ?9, 0)`,
  );
  const took = db.prepare('INSERT INTO overview_durations (day, at_least_ms, jobs) VALUES (?1, ?2, ?3)');
  const statements = Array.from({ length: 29 }, (_, index) => today - 29 + index).flatMap((day, index) => {
    const jobs = 60 + ((index * 17) % 31) - (index % 7 > 4 ? 35 : 0);
    const third = Math.floor(jobs / 3);
    // The first subject of each kind has all that did not succeed, so that every kind sums up to all.
    const rows = (kind: string, own: [subject: string, jobs: number][]) =>
      own.map(([subject, number], place) => {
        const charged = number * 312_500;
        const [failures, cancels] = place === 0 ? [Math.floor(jobs / 12), Math.floor(jobs / 25)] : [0, 0];
        const ends = [number, number - failures - cancels, failures, cancels];
        return insert.bind(day, kind, subject, ...ends, charged, Math.round(charged * 0.72));
      });
    const shares = [jobs - 2 * third, third + 4, third - 4];
    return [
      ...rows('all', [['', jobs]]),
      ...rows(
        'customer',
        ids.map((id, place) => [id, shares[place] ?? 0]),
      ),
      ...rows('model', [
        [MODEL, jobs - third],
        [OTHER_MODEL, third],
      ]),
      took.bind(day, 38_000 + (index % 5) * 1000, Math.round(jobs * 0.8)),
      took.bind(day, 90_000 + (index % 4) * 10_000, Math.round(jobs * 0.2)),
    ];
  });
  await db.batch(statements);
}
