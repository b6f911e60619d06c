// The audit cannot be rewritten unnoticed: the chain of seals, and the findings of its check.
//
// Between a row, its details and its seal:
//   two crons at once          the second finds that the chain has grown, and writes no seal
//   cut before the seals       the next run seals the same rows
//   cut after the seals        the log lacks one line; the next line covers the same rows
//   details erased, then seal  sealed without details; none may come later
//   seal, then details erased  the salted hash stays in the seal
//   a row between two runs     the next run seals it
//   more rows than one run may seal: the next run seals the rest
// An intruder with D1 alone can change a row, its details or a seal, delete a row with or without its seal or with all rows behind
// it, insert a row below, between or behind the sealed ones: the check names each. The log names rows that were rewritten together
// with their seals.

import { env } from 'cloudflare:workers';
import { beforeEach, test } from 'vitest';
import { checkChain, type LoggedSeal } from '../../scripts/audit-chain.ts';
import { hashDetails, hashRow, type Link } from '../../src/features/audit/chain.ts';
import { readUnsealed } from '../../src/features/audit/chain-store.ts';
import { sealAudit } from '../../src/features/audit/seal.ts';
import { forgedAudit, resetAudit } from '../support/audit.ts';
import { failingDb } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

beforeEach(resetAudit);

async function* links(world: World, limit = 3): AsyncGenerator<Link> {
  let page: Link[] = [];
  do {
    const last = page.at(-1);
    const after = last === undefined ? '' : `&after=${last.id}`;
    page = (await world.admin('GET', `/admin/audit/chain?limit=${limit}${after}`)).body.items;
    yield* page;
  } while (page.length > 0);
}

const check = (world: World, logged: LoggedSeal | null = null) => checkChain(links(world), logged);

/** Eight rows, all of them sealed. */
async function sealed(): Promise<World> {
  const world = createWorld();
  for (const name of ['Ada', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay', 'Gil', 'Hal']) {
    await world.customer({ name });
  }
  await world.cron();
  return world;
}

function loggedSeal({ logs }: World): LoggedSeal {
  const { seal } = logs.findLast(({ event }) => event === 'audit_sealed')!;
  const [id, sha256 = ''] = String(seal).split(':');
  return { id: Number(id), sha256 };
}

test('a minute later the new rows are sealed, and the log has the seal', async ({ expect }) => {
  const world = await sealed();
  const { results } = await env.DB.prepare('SELECT upto_id, sha256 FROM audit_seals ORDER BY upto_id').all();
  expect(results.map(({ upto_id: id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const logged = loggedSeal(world);
  expect(logged).toEqual({ id: 8, sha256: results.at(-1)!['sha256'] });
  expect(await check(world, logged)).toMatchObject({ lastId: 8, unsealedFromId: null, withoutDetails: 0 });
  const lines = world.logs.length;
  await world.cron();
  expect(world.logs.slice(lines).filter(({ event }) => event === 'audit_sealed')).toEqual([]);
});

test('newer rows are reported as not sealed yet; the next run continues the chain', async ({ expect }) => {
  const world = await sealed();
  const logged = loggedSeal(world);
  await world.customer();
  await world.customer();
  expect(await check(world)).toMatchObject({ lastId: 10, unsealedFromId: 9, seal: { upto_id: 8 } });
  expect(await sealAudit(world.deps, 1)).toBe(1);
  expect(await sealAudit(world.deps, 1)).toBe(1);
  expect(await sealAudit(world.deps, 1)).toBe(0);
  expect(await check(world, logged)).toMatchObject({
    lastId: 10,
    unsealedFromId: null,
    seal: { upto_id: 10 },
  });
});

test('a row whose details alone are more than a read may bring is sealed all the same', async ({
  expect,
}) => {
  const world = createWorld();
  await world.customer();
  await world.customer();
  await forgedAudit([`UPDATE audit_details SET change = json_object('x', printf('%.*c', 1000000, 'x'))`]);
  expect(await sealAudit(world.deps, 50)).toBe(2);
  expect(await check(world)).toMatchObject({ seal: { upto_id: 2 } });
});

test('two runs at once: one writes seals', async ({ expect }) => {
  const world = createWorld();
  await world.customer();
  await world.customer();
  const counts = await Promise.all([
    sealAudit(world.deps, 50),
    sealAudit(world.isolate().deps, 50),
    sealAudit(world.isolate().deps, 1),
  ]);
  expect(counts.filter((count) => count > 0)).toHaveLength(1);
  await sealAudit(world.deps, 50);
  expect(await check(world)).toMatchObject({ lastId: 2, seal: { upto_id: 2 } });
});

test('a run that read before another one wrote adds nothing to the chain', async ({ expect }) => {
  const world = createWorld();
  await world.customer();
  await world.customer();
  // D1 answers the read of this run; before it writes, another run has sealed one row.
  const { db, calls } = failingDb(env.DB);
  calls.match = 'INSERT INTO audit_seals';
  calls.failure = 'before';
  await expect(sealAudit(world.isolate({ DB: db }).deps, 50)).rejects.toThrow();
  expect(await check(world)).toMatchObject({ lastId: 2, unsealedFromId: 1 });
  calls.failure = 'after';
  await expect(sealAudit(world.isolate({ DB: db }).deps, 50)).rejects.toThrow();
  expect(await sealAudit(world.deps, 50)).toBe(0);
  expect(await check(world)).toMatchObject({ lastId: 2, unsealedFromId: null });
});

test('erased details break nothing, whether they were erased before the seal or behind it', async ({
  expect,
}) => {
  const world = await sealed();
  await world.customer();
  await env.DB.prepare('DELETE FROM audit_details WHERE audit_id IN (3, 9)').run();
  await world.cron();
  expect(await check(world, loggedSeal(world))).toMatchObject({ lastId: 9, withoutDetails: 2 });
});

test('the salt makes equal details unequal, and is erased with them', async ({ expect }) => {
  const world = createWorld();
  await world.customer();
  await world.customer();
  const { links: rows } = await readUnsealed(env.DB, 9);
  const hashes = await Promise.all(
    rows.map(({ details }) => hashDetails({ ...details!, after: null, change: '{}' })),
  );
  expect(new Set(hashes).size).toBe(2);
});

const CHANGED = 'Row 4 or its seal was changed.';
const DETAILS = 'The details of row 4 were changed.';
const REMOVED = 'Row 4 was removed.';
const INSERTED = 'was inserted, or its seal was removed.';

test.for([
  ['the actor', "UPDATE audit SET actor = 'eve' WHERE id = 4", CHANGED],
  ['the object', "UPDATE audit SET object = 'cus_other' WHERE id = 4", CHANGED],
  ['the action', "UPDATE audit SET action = 'customer.change' WHERE id = 4", CHANGED],
  ['the instant', 'UPDATE audit SET at_ms = at_ms + 1 WHERE id = 4', CHANGED],
  ['the session', "UPDATE audit SET session_id = 'ses_x' WHERE id = 4", CHANGED],
  ['the trace id', "UPDATE audit SET trace_id = 'x' WHERE id = 4", CHANGED],
  ['what was asked for', `UPDATE audit_details SET change = '{"name":"Eve"}' WHERE audit_id = 4`, DETAILS],
  ['the state before', `UPDATE audit_details SET before = '{}' WHERE audit_id = 4`, DETAILS],
  ['the state after', `UPDATE audit_details SET after = '{}' WHERE audit_id = 4`, DETAILS],
  ['the address', "UPDATE audit_details SET address = '10.0.0.1' WHERE audit_id = 4", DETAILS],
  ['the salt', "UPDATE audit_details SET salt = 'x' WHERE audit_id = 4", DETAILS],
  ['a seal', "UPDATE audit_seals SET sha256 = hex('x') WHERE upto_id = 4", CHANGED],
  ['the hash in a seal', "UPDATE audit_seals SET details_sha256 = 'x' WHERE upto_id = 4", DETAILS],
  [
    'the hash in a seal whose details are erased with it',
    "DELETE FROM audit_details WHERE audit_id = 4; UPDATE audit_seals SET details_sha256 = 'x' WHERE upto_id = 4",
    CHANGED,
  ],
  ['two rows', 'UPDATE audit SET at_ms = at_ms + 1 WHERE id IN (4, 6)', CHANGED],
  [
    'a row that is gone',
    'DELETE FROM audit_details WHERE audit_id = 4; DELETE FROM audit WHERE id = 4',
    REMOVED,
  ],
  [
    'a row that is gone with its seal',
    'DELETE FROM audit_details WHERE audit_id = 4; DELETE FROM audit WHERE id = 4; DELETE FROM audit_seals WHERE upto_id = 4',
    REMOVED,
  ],
  ['a seal that is gone', 'DELETE FROM audit_seals WHERE upto_id = 4', `Row 4 ${INSERTED}`],
  [
    'a row in the place of another',
    `DELETE FROM audit_details WHERE audit_id = 4; DELETE FROM audit WHERE id = 4;
     INSERT INTO audit (id, at_ms, actor, action, object, trace_id) VALUES (4, 1, 'ops', 'made', 'up', '')`,
    CHANGED,
  ],
  [
    'a row below the first',
    "INSERT INTO audit (id, at_ms, actor, action, object, trace_id) VALUES (-1, 1, 'ops', 'made', 'up', '')",
    'Row -1 was inserted.',
  ],
  [
    'a row beyond the last',
    "INSERT INTO audit (id, at_ms, actor, action, object, trace_id) VALUES (12, 1, 'ops', 'made', 'up', '')",
    'Row 9 was removed.',
  ],
  [
    'details that had been erased',
    `DELETE FROM audit_details WHERE audit_id = 4; INSERT INTO audit_details (audit_id, salt, change) VALUES (4, '', '{}')`,
    DETAILS,
  ],
])('the check names %s', async ([, sql, named], { expect }) => {
  const world = await sealed();
  await forgedAudit(sql!.split(';'));
  expect(await check(world)).toBe(named);
});

test('the next row and the log reveal that the last rows were removed with their seals', async ({
  expect,
}) => {
  const world = await sealed();
  const logged = loggedSeal(world);
  await forgedAudit([
    'DELETE FROM audit_details WHERE audit_id > 6',
    'DELETE FROM audit WHERE id > 6',
    'DELETE FROM audit_seals WHERE upto_id > 6',
  ]);
  expect(await check(world, logged)).toBe('Row 7 was removed: the log has a seal of row 8.');
  await world.customer();
  expect(await check(world)).toBe('Row 7 was removed.');
});

test('the log reveals rows and seals that were rewritten together', async ({ expect }) => {
  const world = await sealed();
  const logged = loggedSeal(world);
  const forged: string[] = ["UPDATE audit SET actor = 'eve' WHERE id = 4"];
  let previous = '';
  for await (const { row, seal } of links(world)) {
    previous = await hashRow(
      previous,
      row!.id === 4 ? { ...row!, actor: 'eve' } : row!,
      seal!.details_sha256,
    );
    forged.push(`UPDATE audit_seals SET sha256 = '${previous}' WHERE upto_id = ${row!.id}`);
  }
  await forgedAudit(forged);
  expect(await check(world)).toMatchObject({ lastId: 8 });
  expect(await check(world, logged)).toBe(
    'Row 8 or an earlier row was changed together with the seals: the log has a different seal.',
  );
});

test.for([
  'UPDATE audit SET at_ms = 1',
  'DELETE FROM audit',
  "UPDATE audit_details SET change = '{}'",
  "UPDATE audit_seals SET sha256 = ''",
  'DELETE FROM audit_seals',
])('without dropping a trigger nobody can %s', async (sql, { expect }) => {
  await sealed();
  await expect(env.DB.prepare(sql).run()).rejects.toThrow(/append-only|never changed/);
});
