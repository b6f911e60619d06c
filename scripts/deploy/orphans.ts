// Finds jobs that a restore removed from the books. KV keeps a copy of their owners for 30 days, and a restore does not change
// KV. Such a job may still run at RunComfy, but nobody owns it and nobody is charged for it.

import * as z from 'zod/mini';
import { within, type Cloud } from './cloud.ts';
import { quoted, type Database } from './database.ts';

const PREFIX = 'job:';
const PAGE = '1000';

const key = z.looseObject({ name: z.string() });
const copy = z.looseObject({
  customer: z.string(),
  account: z.string(),
  upstream: z.string(),
  created: z.number(),
});

export type Orphan = { job: string; customer: string; account: string; upstream: string; createdAt: string };

/** Copies in KV that have no row in the database. */
export async function findOrphans(cloud: Cloud, database: Database, namespaceId: string): Promise<Orphan[]> {
  const keys = within(cloud, `/storage/kv/namespaces/${namespaceId}/keys`);
  const orphans: Orphan[] = [];
  let cursor = '';
  do {
    const page = await cloud.api.slice(key, keys, {
      prefix: PREFIX,
      limit: PAGE,
      ...(cursor === '' ? {} : { cursor }),
    });
    const ids = page.items.map(({ name }) => name.slice(PREFIX.length));
    for (const id of await withoutRow(database, ids)) {
      orphans.push(await readCopy(cloud, namespaceId, id));
    }
    ({ cursor } = page);
  } while (cursor !== '');
  return orphans;
}

async function withoutRow(database: Database, ids: string[]): Promise<string[]> {
  const list = quoted(JSON.stringify(ids));
  const [rows = []] = await database.query(
    `SELECT value AS id FROM json_each(${list}) WHERE value NOT IN (SELECT id FROM jobs);`,
  );
  return rows.map(({ id }) => String(id));
}

async function readCopy(cloud: Cloud, namespaceId: string, job: string): Promise<Orphan> {
  const path = within(
    cloud,
    `/storage/kv/namespaces/${namespaceId}/values/${encodeURIComponent(PREFIX + job)}`,
  );
  const text = await cloud.api.text(path);
  const parsed = copy.safeParse(text === null ? null : JSON.parse(text));
  const { customer = '?', account = '?', upstream = '?', created = 0 } = parsed.data ?? {};
  return { job, customer, account, upstream, createdAt: new Date(created).toISOString() };
}
