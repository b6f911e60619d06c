// Erasing a customer: D1, KV and later logs hold nothing that names them. The operator must keep the ledger and the audit, in
// which an id is left that names nobody.
//
// The steps, and the state that an interruption leaves:
// 1. DELETE, one transaction: records the erasure, removes name, external id and LoRA names, revokes the keys. Before it:
//    nothing happened. After it (the answer is lost): the repeated call finds the erasure and answers the same.
// 2. A minute later, when no call of a revoked key can be running, the cron claims the erasure for ten minutes. After it: another
//    run takes over when they have passed. Two crons at once: one gets it.
// 3. Reads the next jobs and deletes their copies in KV, one call each. In between: the rows and the place of the pass are
//    unchanged, so the same copies are deleted again.
// 4. One transaction: the jobs lose result, Idempotency-Key and end user, and the pass moves behind them. After it: the next run
//    begins there.
// 5. Open jobs (with force) stay until they have ended; the pass records them, and another pass comes later.
// 6. One transaction: deletes some tokens, notes and end users, and ends the erasure if none is left. After it: the next run
//    finds nothing to do, or the end.
// Two runs within one pass (the second claims what the first has moved on): the one that reaches 4 or 6 with an outdated place
// writes neither a place nor the end, because it does not know of open jobs that the other has passed over.
//
// No step needs rows of D1 that an earlier deletion may have taken: the sweep of a token deletes what the audit holds of its
// pages, and no copy in KV outlives the 30 days of its job.
//
// Meanwhile nothing brings a name back: neither a change of the customer or a key, a new key, a credit's note nor a price (each
// refused in its own statement), nor a call of a dead key (the gate and minting read the rows; a poll may write KV, hence the
// minute), nor a cost or an adjustment of an end user (end users go last, when no job is open).

import { env } from 'cloudflare:workers';
import { test, type ExpectStatic } from 'vitest';
import { runTrigger } from '../../src/cron.ts';
import { SCHEDULES } from '../../src/schedules.ts';
import { continueErasure } from '../../src/features/erasure/continue.ts';
import { claimErasure, eraseJobs, eraseRest, readNextJobs } from '../../src/features/erasure/step-store.ts';
import { sweepFiles } from '../../src/features/files/remove.ts';
import { booksOf, differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { dumpD1, dumpKv } from '../support/dump.ts';
import { fragileIsolate, type Cut } from '../support/fragile.ts';
import { expectRefusal } from '../support/problem.ts';
import { PICTURE, upload } from '../support/upload.ts';
import { witness } from '../support/witness.ts';
import {
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  TEXT_TO_VIDEO,
  type Tenant,
  type World,
} from '../support/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOT_FOUND = { status: 404, code: 'not_found', errorCode: 404001, detail: /There is no/ };

let people = 0;

/** A word that stands in everything that names the customer or one of their people. */
const newWord = () => `canary${String((people += 1)).padStart(4, '0')}x`;

/** A customer with all that can name one, whose jobs have ended and whose balance is 0. */
async function person(world: World, word: string): Promise<Tenant & { jobs: string[] }> {
  const tenant = await world.tenant(
    { name: `${word} Ltd`, external_id: `crm-${word}`, loras: [`${word}-*`] },
    { name: `key of ${word}` },
  );
  const user = { endUser: `user ${word}` };
  const { token } = await browserToken(world, tenant, user);
  await browserToken(world, tenant, { ...user, origins: [`https://${word}.example`] });
  const headers = { 'Idempotency-Key': `order ${word}` };
  const body = { ...PROMPT, prompt: `a portrait of ${word}` };
  const path = `/v1/models/${TEXT_TO_VIDEO}`;
  const jobs: string[] = [];
  for (const by of [tenant.token, token]) {
    const reply = await world.call(path, { method: 'POST', token: by, body, headers });
    jobs.push(reply.body.request_id);
    await world.idle();
    world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'succeeded' });
    await world.result(by, reply.body.request_id);
    await world.idle();
  }
  await settleBalance(world, tenant.id, word);
  return { ...tenant, jobs };
}

async function settleBalance(world: World, id: string, word: string): Promise<void> {
  const { balance_usd: balance } = (await world.admin('GET', `/admin/customers/${id}`)).body;
  await world.admin('POST', `/admin/customers/${id}/credits`, {
    amount_usd: -balance,
    note: `paid by ${word}`,
  });
}

const erase = (world: World, id: string, query = '') =>
  world.admin('DELETE', `/admin/customers/${id}${query}`);

/** The audited actions on an object. */
async function actionsOn(object: string): Promise<unknown[]> {
  const { results } = await env.DB.prepare('SELECT action FROM audit WHERE object = ?1 ORDER BY id')
    .bind(object)
    .all();
  return results.map(({ action }) => action);
}

/** The tables that still contain the word. */
async function places(word: string, logs: string[] = []): Promise<string[]> {
  const kept = Object.entries({ ...(await dumpD1()), ...(await dumpKv()) });
  return [
    ...kept.filter(([name, rows]) => `${name} ${JSON.stringify(rows)}`.includes(word)).map(([name]) => name),
    ...logs.filter((line) => line.includes(word)),
  ];
}

const stateOf = async (world: World, id: string) =>
  (await world.admin('GET', `/admin/customers/${id}`)).body.status;

/** Runs of the trigger until the erasure has ended. */
async function finish(world: World, id: string): Promise<void> {
  for (let run = 0; run < 30 && (await stateOf(world, id)) === 'erasing'; run += 1) {
    world.clock.advance(2 * MINUTE);
    await runTrigger(world.deps, SCHEDULES.books);
  }
}

/** The same without what else the trigger does; returns how many runs were the erasure's. */
async function erasing(world: World, id: string): Promise<number> {
  let busy = 0;
  for (let run = 0; run < 200 && (await stateOf(world, id)) === 'erasing'; run += 1) {
    world.clock.advance(2 * MINUTE);
    busy += Number(await continueErasure(world.deps));
    await sweepFiles(world.deps);
  }
  return busy;
}

async function expectForgotten(
  expect: ExpectStatic,
  world: World,
  who: { id: string; word: string },
): Promise<void> {
  expect(await places(who.word)).toEqual([]);
  expect(await stateOf(world, who.id)).toBe('erased');
  expect(await differences(world)).toEqual([]);
}

test('the canary: nothing that names the customer is left in D1, in KV or in what is logged since', async ({
  expect,
}) => {
  const world = createWorld();
  const [word, other] = [newWord(), newWord()];
  const { id, token, keyId, jobs } = await person(world, word);
  const neighbour = await person(world, other);
  const entry = 'INSERT INTO audit (at_ms, actor, action, object, trace_id)';
  await env.DB.batch([
    env.DB.prepare(`${entry} VALUES (0, 'ops', 'job.resolve', ?1, '')`).bind(jobs[0]),
    env.DB.prepare(
      "INSERT INTO audit_details (audit_id, salt, change) SELECT MAX(id), '', json_object('why', ?1) FROM audit",
    ).bind(word),
  ]);
  const before = await booksOf(id);
  const held = await places(other);
  // The word is where it is looked for: else its absence would tell nothing.
  expect(await places(word)).toEqual(
    expect.arrayContaining([
      'audit_details',
      'credit_notes',
      'customers',
      'jobs',
      'keys',
      'usage_end_users',
      `job:${jobs[1]}`,
    ]),
  );
  const seen = witness();
  const reply = await erase(world, id);
  expect(reply).toMatchObject({
    status: 202,
    body: { id, name: id, external_id: null, loras: [], status: 'erasing', plan: null, account: null },
  });
  expect((await world.submit(token)).status).toBe(401);
  await finish(world, id);
  expect(await places(word, seen.logs)).toEqual([]);
  await expectForgotten(expect, world, { id, word });

  // The money, the jobs and who did what are there under the id.
  const { jobs: count, holds, ends, balanceMicros } = before;
  expect(await booksOf(id)).toMatchObject({ jobs: count, holds, ends, balanceMicros });
  expect((await world.admin('GET', `/admin/jobs/${jobs[0]}`)).body).toMatchObject({
    customer: id,
    state: 'succeeded',
  });
  expect(await actionsOn(id)).toEqual(['customer.create', 'customer.credit', 'customer.erase']);
  expect((await world.admin('GET', `/admin/keys?id=${keyId}`)).body.items).toMatchObject([
    { name: 'erased', revoked_at: expect.any(String) },
  ]);
  expect(world.logs.filter(({ event }) => event === 'customer_erased')).toMatchObject([{ customer: id }]);
  // And the neighbour has lost nothing.
  expect(await places(other)).toEqual(held);
  expect((await world.submit(neighbour.token)).status).toBe(200);
});

test('a repeated erasure changes nothing, and no call restores a name', async ({ expect }) => {
  const world = createWorld();
  const word = newWord();
  const { id, keyId } = await person(world, word);
  const { body: next } = await world.admin('POST', `/admin/keys/${keyId}/rotate`, { grace_seconds: 60 });
  await world.admin('PUT', `/admin/customers/${id}/prices/${TEXT_TO_VIDEO}`, { usd: 1 });
  const untouched = async () => JSON.stringify([await dumpD1(), await stateOf(world, id)]);
  for (const state of ['erasing', 'erased']) {
    expect((await erase(world, id)).body.status).toBe(state);
    const rows = await untouched();
    expect((await erase(world, id, '?force=true')).status).toBe(202);
    const path = `/admin/customers/${id}`;
    for (const [method, at, body] of [
      ['PATCH', path, { name: word }],
      ['PATCH', path, { status: 'active' }],
      ['PATCH', '/admin/customers', { ids: [id], patch: { loras: [word] } }],
      ['POST', `${path}/keys`, { name: word }],
      ['PATCH', `/admin/keys/${keyId}`, { name: word }],
      ['PATCH', `/admin/keys/${next.id}`, { limits: { max_concurrent: 3 } }],
      ['PATCH', `/admin/keys/${keyId}`, { limits: { requests_per_day: 1 } }],
      ['PUT', `${path}/prices/${IMAGE_TO_VIDEO}`, { usd: 0.5 }],
      ['PUT', `${path}/prices/${TEXT_TO_VIDEO}`, { usd: 1 }],
      ['DELETE', `${path}/prices/${TEXT_TO_VIDEO}`, undefined],
      ['POST', `${path}/credits`, { amount_usd: 1, note: word }],
    ] as const) {
      const refused = await world.admin(method, at, body);
      expect({ at, status: refused.status }).toEqual({ at, status: 404 });
    }
    expect((await world.admin('POST', `/admin/keys/${keyId}/rotate`, { grace_seconds: 60 })).status).toBe(
      409,
    );
    expect(await untouched()).toBe(rows);
    await finish(world, id);
  }
  expectRefusal(expect, await erase(world, 'cus_nobody'), NOT_FOUND);
});

test('a page deletes a file, and its token is long gone: the address of its visitor is nowhere', async ({
  expect,
}) => {
  const world = createWorld();
  const word = newWord();
  const owner = await person(world, word);
  const page = await browserToken(world, owner);
  const address = `2001:db8::${crypto.randomUUID().slice(0, 4)}`;
  const { body } = await upload(world, PICTURE, page);
  const headers = { 'CF-Connecting-IP': address };
  const path = `/v1/files/${body.id}`;
  expect((await world.call(path, { method: 'DELETE', token: page.token, headers })).status).toBe(204);
  world.clock.advance(10 * 24 * 60 * MINUTE);
  await world.cron();
  expect(
    await env.DB.prepare("SELECT id FROM keys WHERE kind = 'browser' AND id = ?1").bind(page.id).all(),
  ).toMatchObject({ results: [] });
  await erase(world, owner.id, '?force=true');
  await finish(world, owner.id);
  expect(await places(address)).toEqual([]);
});

test('open jobs and a balance stand in the way; force erases all the same, and open jobs once they have ended', async ({
  expect,
}) => {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const word = newWord();
  const { id, token } = await world.tenant({ name: word }, { name: word });
  const { token: page } = await browserToken(
    world,
    { id, keyId: (await world.key({ id })).id },
    { endUser: word },
  );
  for (const by of [token, page]) {
    expect((await world.submit(by, { prompt: word })).status).toBe(200);
  }
  await world.idle();
  const conflict = { status: 409, code: 'conflict', errorCode: 409001 };
  expectRefusal(expect, await erase(world, id), { ...conflict, detail: /has 2 jobs open\. Wait/ });
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 5, note: word });
  expectRefusal(expect, await erase(world, id), {
    ...conflict,
    detail: /has 2 jobs open and has a balance of 5 USD/,
  });
  expect(await stateOf(world, id)).toBe('active');
  const rich = await world.customer();
  const credit = (amount: number) =>
    world.admin('POST', `/admin/customers/${rich.id}/credits`, { amount_usd: amount, note: 'x' });
  await credit(5);
  expectRefusal(expect, await erase(world, rich.id), {
    ...conflict,
    detail: /^The customer has a balance of 5 USD\. Wait/,
  });
  await credit(-5);
  // A job that costs nothing holds nothing, and is open all the same.
  const free = await world.tenant({ markup: 0 });
  expect((await world.submit(free.token)).status).toBe(200);
  expectRefusal(expect, await erase(world, free.id), { ...conflict, detail: /has 1 job open\. Wait/ });
  expect((await erase(world, rich.id)).status).toBe(202);
  await finish(world, rich.id);
  expect((await erase(world, id, '?force=true')).status).toBe(202);
  world.clock.advance(2 * MINUTE);
  await runTrigger(world.deps, SCHEDULES.books);
  await runTrigger(world.deps, SCHEDULES.books);
  expect(await stateOf(world, id)).toBe('erasing');
  // The rows by which the open jobs end are kept.
  expect(await booksOf(id)).toMatchObject({ jobs: 2, holds: 2, ends: 0 });
  for (const job of world.runcomfy.accepted().jobs) {
    world.runcomfy.finish(job.id, { as: 'succeeded' });
  }
  world.clock.advance(10 * MINUTE);
  await world.cron();
  expect(await booksOf(id)).toMatchObject({ ends: 2 });
  await finish(world, id);
  await expectForgotten(expect, world, { id, word });
});

test('cut at each of its calls, before and after they take effect, an erasure comes to its end', async ({
  expect,
}) => {
  const world = createWorld();
  const all = await callsOfAll(world);
  const cuts: string[] = [];
  for (const cut of ['die before', 'die after'] as const) {
    for (let at = 1; at <= all; at += 1) {
      const word = newWord();
      const { id } = await person(world, word);
      await erase(world, id);
      world.clock.advance(MINUTE);
      let calls = 0;
      const isolate = fragileIsolate(world, {
        ask: ({ what }): Cut => {
          calls += 1;
          if (calls !== at) {
            return 'none';
          }
          cuts.push(`${cut} ${what}`);
          return cut;
        },
      });
      for (let run = 0; run < 5 && !isolate.isDead(); run += 1) {
        await continueErasure(isolate.deps).catch(() => undefined);
      }
      expect(isolate.isDead()).toBe(true);
      expect(await differences(world)).toEqual([]);
      // Nobody takes what another one may be at work on; when that time is over, somebody does.
      world.clock.advance(11 * MINUTE);
      while (await continueErasure(world.deps)) {
        // Until none is due.
      }
      await expectForgotten(expect, world, { id, word });
    }
  }
  expect(new Set(cuts)).toEqual(
    new Set(['die before D1', 'die before KV delete', 'die after D1', 'die after KV delete']),
  );
}, 120_000);

/** The number of calls of a whole erasure, without the last one, which finds nothing due. */
async function callsOfAll(world: World): Promise<number> {
  const { id } = await person(world, newWord());
  await erase(world, id);
  world.clock.advance(MINUTE);
  let calls = 0;
  const isolate = fragileIsolate(world, {
    ask: () => {
      calls += 1;
      return 'none';
    },
  });
  while (await continueErasure(isolate.deps)) {
    // Until none is due.
  }
  return calls - 1;
}

test('the check of the ledger still counts the end users of everybody else', async ({ expect }) => {
  const world = createWorld();
  const [gone, other] = [await person(world, newWord()), await person(world, newWord())];
  await erase(world, gone.id);
  await finish(world, gone.id);
  expect(await differences(world)).toEqual([]);
  const add = (micros: number) =>
    env.DB.prepare('UPDATE usage_end_users SET charged = charged + ?2 WHERE customer_id = ?1')
      .bind(other.id, micros)
      .run();
  await add(1);
  const wrong = [
    expect.objectContaining({ what: expect.stringMatching(/^end user .* charged$/), subject: other.id }),
  ];
  expect(await differences(world)).toEqual(wrong);
  expect(await differences(world, other.id)).toEqual(wrong);
  await add(-1);
});

test('a job that is asked for after its copy in KV has expired leaves none behind', async ({ expect }) => {
  const world = createWorld();
  const word = newWord();
  const { id, token, jobs } = await person(world, word);
  const copies = jobs.map((job) => `job:${job}`);
  // KV counts by the hour of the machine: the month is over for it too.
  await Promise.all(copies.map((copy) => env.OWNERS.delete(copy)));
  world.clock.advance(40 * DAY);
  for (const job of jobs) {
    expect((await world.isolate().status(token, job)).status).toBe(200);
  }
  await world.idle();
  await erase(world, id);
  await erasing(world, id);
  expect(Object.keys(await dumpKv()).filter((name) => copies.includes(name))).toEqual([]);
  await expectForgotten(expect, world, { id, word });
});

test('what a page did by a token that was swept long ago is forgotten as well', async ({ expect }) => {
  const world = createWorld();
  const { id, keyId } = await world.tenant();
  const page = await browserToken(world, { id, keyId });
  const headers = { 'CF-Connecting-IP': '2001:db8::4711' };
  const { body } = await upload(world, PICTURE, { token: page.token, headers });
  await world.call(`/v1/files/${body.id}`, { method: 'DELETE', token: page.token, headers });
  const detailsLeft = () =>
    env.DB.prepare(
      'SELECT COUNT(*) AS details FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE actor = ?1)',
    )
      .bind(page.id)
      .first('details');
  expect(await detailsLeft()).toBe(1);
  world.clock.advance(30 * DAY);
  await world.cron();
  expect(await detailsLeft()).toBe(0);
  await erase(world, id);
  await erasing(world, id);
  expect(await places('2001:db8::4711')).toEqual([]);
  expect(await stateOf(world, id)).toBe('erased');
});

test('files are forgotten; an upload that died keeps neither the catalogue nor the sweeps waiting', async ({
  expect,
}) => {
  const world = createWorld();
  const word = newWord();
  const { id, keyId, token } = await world.tenant();
  const page = await browserToken(world, { id, keyId }, { endUser: word });
  for (const by of [token, page.token]) {
    expect((await upload(world, PICTURE, { token: by, query: `?filename=${word}.png` })).status).toBe(201);
  }
  await env.DB.prepare(
    `UPDATE files SET state = 'reserved', due_at_ms = ?2 WHERE customer_id = ?1 AND token_id = ''`,
  )
    .bind(id, world.clock.now() + 6 * 60 * MINUTE)
    .run();
  await erase(world, id);
  expect(await erasing(world, id)).toBeLessThan(50);
  expect((await env.FILES.list()).objects).toEqual([]);
  await expectForgotten(expect, world, { id, word });
});

test('two crons at once do no harm, and the claim of one that died runs out', async ({ expect }) => {
  const world = createWorld();
  const word = newWord();
  const { id } = await person(world, word);
  await erase(world, id);
  // Calls of the dead key may still be under way.
  expect(await continueErasure(world.deps)).toBe(false);
  world.clock.advance(MINUTE);
  const both = [world, world.isolate()].map((isolate) => continueErasure(isolate.deps));
  expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  await finish(world, id);
  await expectForgotten(expect, world, { id, word });
});

test('two crons within one pass: the one that comes second ends nothing while a job is open', async ({
  expect,
}) => {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const word = newWord();
  const tenant = await world.tenant({ name: word });
  const { id } = tenant;
  const { token: page } = await browserToken(world, tenant, { endUser: word });
  expect((await world.submit(page, { prompt: word })).status).toBe(200);
  await world.idle();
  await erase(world, id, '?force=true');
  world.clock.advance(MINUTE);
  const nowMs = world.clock.now();
  const claim = async () => (await claimErasure(env.DB, nowMs))!;
  const first = await claim();
  const jobs = await readNextJobs(env.DB, first, 10);
  const behind = await eraseJobs(env.DB, first, { jobs, nowMs });
  // The first run has recorded its place and continues: another run may claim the erasure, which is due.
  const second = await claim();
  expect(await readNextJobs(env.DB, second, 10)).toEqual([]);
  expect(await eraseRest(env.DB, behind!, nowMs)).toBe(false);
  expect(await eraseRest(env.DB, second, nowMs)).toBe(false);
  // Nor does it set the next pass behind the open job.
  expect(await eraseJobs(env.DB, second, { jobs, nowMs })).toBeNull();
  expect(await stateOf(world, id)).toBe('erasing');
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'succeeded' });
  world.clock.advance(10 * MINUTE);
  await world.cron();
  await finish(world, id);
  await expectForgotten(expect, world, { id, word });
});

test('a customer of many jobs goes in pieces that fit the free plan', async ({ expect }) => {
  const world = createWorld();
  const word = newWord();
  const { id, jobs } = await person(world, word);
  await env.DB.prepare(
    `INSERT INTO jobs (id, customer_id, key_id, family, model_id, account_id, state, unit_micros, hold_micros,
       charge_micros, result, end_user, created_at_ms, ended_at_ms, settled_at_ms)
     SELECT printf('00000000-0000-4000-8000-%012x', value), customer_id, key_id, family, model_id, account_id, state,
       0, 0, 0, result, end_user, ?2 - value * ${DAY / 2}, ended_at_ms, settled_at_ms
     FROM jobs, json_each(?3) WHERE jobs.id = ?1`,
  )
    .bind(jobs[1], world.clock.now(), JSON.stringify(Array.from({ length: 100 }, (_, index) => index)))
    .run();
  await erase(world, id, '?force=true');
  let most = 0;
  for (let run = 0; run < 20 && (await stateOf(world, id)) === 'erasing'; run += 1) {
    world.clock.advance(2 * MINUTE);
    let calls = 0;
    const keeper = {
      ask: (): Cut => {
        calls += 1;
        return 'none';
      },
    };
    await continueErasure(fragileIsolate(world, keeper, { PLAN: 'free' }).deps);
    most = Math.max(most, calls);
  }
  expect(most).toBeLessThanOrEqual(40);
  expect(await places(word)).toEqual([]);
  expect(await stateOf(world, id)).toBe('erased');
});

const KINDS = {
  tokens: `INSERT INTO keys (id, customer_id, kind, parent_id, family, hash, hint, name, end_user, created_at_ms)
    SELECT ?1 || value, customer_id, 'browser', keys.id, ?1 || value, ?1 || value, '', 'browser token', ?2, 0
    FROM keys, json_each(?3) WHERE keys.id = ?1`,
  notes: `INSERT INTO credit_notes (operation, customer_id, note) SELECT ?1 || value, customer_id, ?2
    FROM keys, json_each(?3) WHERE keys.id = ?1`,
  'end users': `INSERT INTO usage_end_users (customer_id, day, end_user) SELECT customer_id, value, ?2
    FROM keys, json_each(?3) WHERE keys.id = ?1`,
};

test.for(Object.entries(KINDS))('more %s than one step takes', async ([, sql], { expect }) => {
  const world = createWorld();
  const word = newWord();
  const { id, keyId } = await world.tenant();
  const many = JSON.stringify(Array.from({ length: 600 }, (_, index) => index));
  await env.DB.prepare(sql).bind(keyId, word, many).run();
  await erase(world, id);
  world.clock.advance(MINUTE);
  await continueErasure(world.deps);
  expect(await stateOf(world, id)).toBe('erasing');
  await continueErasure(world.deps);
  expect(await stateOf(world, id)).toBe('erased');
  expect(await places(word)).toEqual([]);
});
