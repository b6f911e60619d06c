// D1: databases by name, SQL, time travel, export and import.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { unstable_splitSqlQuery as splitSql } from 'wrangler';
import type { Database } from './account.ts';
import { dumpOf, wipe } from './dump.ts';
import type { Sql, Statement } from './runtime.ts';
import { failed, jsonOf, ok, page, type Ask, type Reply, type Route } from './reply.ts';

const DATABASES = '/accounts/:/d1/database';
const NOT_FOUND = failed(404, 7404, 'The database could not be found');

/** Files that lie at signed addresses: exports to be fetched, imports that were sent. */
const files = new Map<string, string>();

export const databaseRoutes: Route[] = [
  { method: 'GET', path: DATABASES, run: list },
  { method: 'POST', path: DATABASES, run: create },
  { method: 'GET', path: `${DATABASES}/:`, run: inDatabase((_ask, database) => ok(shown(database))) },
  { method: 'POST', path: `${DATABASES}/:/query`, run: inDatabase(query) },
  { method: 'GET', path: `${DATABASES}/:/time_travel/bookmark`, run: inDatabase(bookmark) },
  { method: 'POST', path: `${DATABASES}/:/time_travel/restore`, run: inDatabase(restore) },
  { method: 'POST', path: `${DATABASES}/:/export`, run: inDatabase(exportSql) },
  { method: 'POST', path: `${DATABASES}/:/import`, run: inDatabase(importSql) },
];

/** The object store behind signed addresses: no token is asked for. */
export const fileRoutes: Route[] = [
  {
    method: 'GET',
    path: '/signed/:',
    run: ({ params }) => ({ status: 200, body: files.get(params[0]!) ?? '' }),
  },
  {
    method: 'PUT',
    path: '/signed/:',
    run({ params, body }) {
      files.set(params[0]!, body.toString());
      return { status: 200, body: '', headers: { etag: `"${md5(body.toString())}"` } };
    },
  },
];

function inDatabase(run: (ask: Ask, database: Database) => Reply | Promise<Reply>): Route['run'] {
  return (ask) => {
    const [, id] = ask.params;
    const database = ask.account.databases.find(({ uuid, name }) => uuid === id || name === id);
    return database === undefined ? NOT_FOUND : run(ask, database);
  };
}

function shown({ uuid, name, createdAt }: Database) {
  return { uuid, name, created_at: createdAt, version: 'production', num_tables: 0, file_size: 12_288 };
}

function list({ account, query: asked }: Ask): Reply {
  const name = asked.get('name');
  const found = account.databases.filter((database) => name === null || database.name.includes(name));
  return page(found.map(shown), asked, 10_000);
}

function create(ask: Ask): Reply {
  const { account, runtime } = ask;
  const { name } = jsonOf(ask);
  if (account.databases.some((database) => database.name === name)) {
    return failed(400, 7502, `Database with name '${name}' already exists`);
  }
  const createdAt = new Date().toISOString();
  const database = { uuid: randomUUID(), name, createdAt, slot: runtime.newSlot(), snapshots: new Map() };
  account.databases.push(database);
  return ok(shown(database));
}

/** Several statements in one text, or a batch, are one transaction. */
async function query(ask: Ask, { slot }: Database): Promise<Reply> {
  const body = jsonOf(ask);
  const statements: Statement[] = body.batch ?? [body];
  const split = statements.flatMap(({ sql, params = [] }) =>
    splitSql(sql).map((one) => ({ sql: one, params })),
  );
  try {
    const results = await ask.runtime.database(slot)(split);
    return ok(results.map(({ results: rows, success, meta }) => ({ results: rows, success, meta })));
  } catch (error) {
    return failed(400, 7500, String(error).replace(/^Error: (D1_ERROR: )?/, ''));
  }
}

async function bookmark(ask: Ask, database: Database): Promise<Reply> {
  return ok({ bookmark: await snapshot(ask, database) });
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** A point in time that can be gone back to. */
async function snapshot({ runtime }: Ask, database: Database): Promise<string> {
  const number = database.snapshots.size.toString(16).padStart(8, '0');
  const name = `${number}-${hex(4)}-${hex(4)}-${hex(16)}`;
  database.snapshots.set(name, await dumpOf(runtime.database(database.slot)));
  return name;
}

async function restore(ask: Ask, database: Database): Promise<Reply> {
  const name = ask.query.get('bookmark') ?? '';
  const sql = database.snapshots.get(name);
  if (sql === undefined) {
    return failed(400, 7400, `The bookmark ${name} is invalid or too old`);
  }
  const previous = await snapshot(ask, database);
  await replaceBy(ask.runtime.database(database.slot), sql);
  return ok({ bookmark: name, previous_bookmark: previous, message: `Restored to ${name}` });
}

async function exportSql(ask: Ask, database: Database): Promise<Reply> {
  const { current_bookmark: at } = jsonOf(ask);
  if (at === undefined) {
    const at_bookmark = await snapshot(ask, database);
    return ok({ success: true, type: 'export', status: 'active', messages: [], at_bookmark });
  }
  const filename = `${at}.sql`;
  files.set(filename, database.snapshots.get(at) ?? '');
  const result = { filename, signed_url: `${ask.base}/signed/${filename}` };
  return ok({
    success: true,
    type: 'export',
    status: 'complete',
    messages: ['Uploaded part 1'],
    at_bookmark: at,
    result,
  });
}

async function importSql(ask: Ask, database: Database): Promise<Reply> {
  const { action, etag, filename } = jsonOf(ask);
  const at_bookmark = randomUUID();
  if (action === 'init') {
    return ok({
      success: true,
      type: 'import',
      messages: [],
      upload_url: `${ask.base}/signed/${etag}.sql`,
      filename: `${etag}.sql`,
    });
  }
  if (action !== 'ingest') {
    return failed(400, 7400, `no action ${action}`);
  }
  const sql = files.get(filename);
  if (sql === undefined || md5(sql) !== etag) {
    return failed(400, 7400, 'The file was not uploaded');
  }
  const statements = splitSql(sql);
  try {
    await ask.runtime.database(database.slot)(statements.map((one) => ({ sql: one })));
  } catch (error) {
    return ok({
      success: true,
      type: 'import',
      status: 'error',
      messages: [],
      errors: [String(error)],
      error: String(error),
    });
  }
  const meta = { duration: 1, rows_read: 0, rows_written: statements.length, size_after: 12_288 };
  const result = { num_queries: statements.length, final_bookmark: at_bookmark, meta };
  return ok({ success: true, type: 'import', status: 'complete', messages: [], at_bookmark, result });
}

/** Time travel brings pages back and not statements, so no order of tables stands in its way. */
async function replaceBy(run: Sql, sql: string): Promise<void> {
  await wipe(run);
  const statements = splitSql(sql).toSorted((a, b) => rankOf(a) - rankOf(b));
  if (statements.length > 0) {
    await run(statements.map((one) => ({ sql: one })));
  }
}

function rankOf(statement: string): number {
  return statement.startsWith('CREATE TABLE') ? 0 : 1;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
