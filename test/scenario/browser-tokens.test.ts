// Browser tokens: a thief of one can do what its holder may, and no more; a retry with a renewed one does not pay twice.
//
// Interleavings:
//   A  submits of one token at once, and of many tokens of one key: the gate counts in the statement that writes the job
//   B  a token is revoked while its submits are at the gate: every later statement reads that in the row
//   C  tokens minted at once: counted in the statement that writes the token
//   D  a submit without an answer, the token's expiry, its renewal, the same Idempotency-Key again
//   E  100 retries at once, over several tokens of one end user
//   F  the sweep while a job of a swept token is still open
// Crash points: the answer of the gate is lost (D); RunComfy's answer is lost (D); KV is late or empty for an end user's
// next token (D); the sweep is one batch, so it has none.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { countAudit } from '../support/audit.ts';
import { booksOf, differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { failingDb } from '../support/stores.ts';
import {
  createWorld,
  PROMPT,
  TEXT_TO_VIDEO,
  type Isolate,
  type Reply,
  type World,
} from '../support/world.ts';

const DAY = 86_400_000;
const PRICE_USD = 0.25;

async function mint(world: Isolate, token: string, body: object = {}): Promise<Reply> {
  return world.call('/v1/tokens', { method: 'POST', token, body: { models: [TEXT_TO_VIDEO], ...body } });
}

/** The text of a token that must be minted. */
async function minted(world: Isolate, token: string, body: object = {}): Promise<string> {
  const reply = await mint(world, token, body);
  if (reply.status !== 201) {
    throw new Error(`not minted: ${JSON.stringify(reply.body)}`);
  }
  return reply.body.token;
}

/** So many submits at once over three isolates, each with the token of its turn. */
async function storm(world: World, tokens: string[], submits: number): Promise<Reply[]> {
  const isolates = [world.isolate(), world.isolate(), world.isolate()];
  // They know tokens and model already, so that the submits meet at the gate and not on the way to it.
  for (const isolate of isolates) {
    await Promise.all(tokens.map((token) => isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, { token })));
  }
  const replies = await Promise.all(
    Array.from({ length: submits }, (_, index) =>
      isolates[index % 3]!.submit(tokens[index % tokens.length]!),
    ),
  );
  await world.idle();
  return replies;
}

const accepted = (replies: Reply[]) => replies.filter(({ status }) => status === 200);
const refusals = (replies: Reply[]) =>
  new Set(replies.filter(({ status }) => status !== 200).map(({ status, body }) => `${status} ${body.code}`));

// A token meets a storm of full size in g2-hard-caps.test.ts.
test('G2 (A): 100 submits at once on a token with money for 7: 7', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const page = await minted(world, token, { max_spend_usd: 7 * PRICE_USD + 0.2 });
  const replies = await storm(world, [page], 100);
  expect(accepted(replies)).toHaveLength(7);
  expect(refusals(replies)).toEqual(new Set(['402 spend_limit']));
  expect(world.runcomfy.accepted().count).toBe(7);
  expect(await booksOf(id)).toMatchObject({ jobs: 7, holds: 7, ends: 0, heldMicros: 7 * 250_000 });
  expect(await differences(world)).toEqual([]);
});

test('G2 (A): 1,000 submits at once on 20 tokens of a key with money for 37: 37', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({}, { limits: { spend_total_usd: 37 * PRICE_USD + 0.2 } });
  const pages = await Promise.all(
    Array.from({ length: 20 }, () => minted(world, token, { max_requests: 1_000 })),
  );
  const replies = await storm(world, pages, 1_000);
  expect(accepted(replies)).toHaveLength(37);
  expect(refusals(replies)).toEqual(new Set(['402 spend_limit']));
  expect(world.runcomfy.accepted().count).toBe(37);
  expect(await booksOf(id)).toMatchObject({ jobs: 37, holds: 37, ends: 0, heldMicros: 37 * 250_000 });
  expect(await differences(world)).toEqual([]);
});

test('without a bound in count or money a token gets those of the settings', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  expect((await mint(world, token)).body.limits).toEqual({ requests_total: 25, spend_total_usd: 1 });
  expect((await mint(world, token, { max_concurrent: 3 })).body.limits).toEqual({
    requests_total: 25,
    spend_total_usd: 1,
    max_concurrent: 3,
  });
  expect((await mint(world, token, { max_requests: 90 })).body.limits).toEqual({ requests_total: 90 });
  expect((await mint(world, token, { max_spend_usd: 90 })).body.limits).toEqual({ spend_total_usd: 90 });
  const replies = await storm(world, [await minted(world, token)], 30);
  expect(accepted(replies)).toHaveLength(4);
  const changed = await world.admin('PATCH', '/admin/settings', { token_defaults: { max_requests: 2 } });
  expect(changed.body.token_defaults).toEqual({ max_requests: 2, max_spend_usd: 1 });
  expect(accepted(await storm(world, [await minted(world, token)], 30))).toHaveLength(2);
  await world.admin('PATCH', '/admin/settings', { token_defaults: { max_requests: 25 } });
});

test('G6 (B): a token is revoked in the middle of 120 submits: none is begun after it returned', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await mint(world, token, { max_requests: 1_000 });
  const isolates = [world.isolate(), world.isolate()];
  let isRevoked = false;
  let count = 0;
  const late: Reply[] = [];
  const fifteenth = Promise.withResolvers<void>();
  const one = async (index: number) => {
    const isLate = isRevoked;
    const reply = await isolates[index % 2]!.submit(body.token);
    count += reply.status === 200 ? 1 : 0;
    if (count === 15) {
      fifteenth.resolve();
    }
    if (isLate) {
      late.push(reply);
    }
  };
  const first = Array.from({ length: 60 }, (_, index) => one(index));
  await fifteenth.promise;
  const revoked = await world.isolate().call(`/v1/tokens/${body.id}`, { method: 'DELETE', token });
  isRevoked = true;
  expect(revoked.status).toBe(204);
  const after = Array.from({ length: 60 }, (_, index) => one(index));
  await Promise.all([...first, ...after]);
  await world.idle();
  expect(late).toHaveLength(60);
  expect(refusals(late)).toEqual(new Set(['401 invalid_key']));
  expect(world.runcomfy.accepted().count).toBe(count);
});

test('G2 (C): tokens_per_minute of the key: 37 of 120 at once, and again a minute later; no row of the audit trail', async ({
  expect,
}) => {
  const world = createWorld();
  const tenant = await world.tenant({}, { limits: { tokens_per_minute: 37 } });
  const isolates = [world.isolate(), world.isolate()];
  const before = await countAudit();
  const mintMany = () =>
    Promise.all(Array.from({ length: 120 }, (_, index) => mint(isolates[index % 2]!, tenant.token)));
  const replies = await mintMany();
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(37);
  const refused = replies.find(({ status }) => status !== 201)!;
  expect(refused).toMatchObject({
    status: 429,
    body: {
      code: 'request_limit',
      limit: { scope: 'key', name: 'tokens_per_minute', max: 37, used: 37, left: 0 },
    },
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await countAudit()).toBe(before);
  expect((await mint(world, (await world.key(tenant)).key)).status).toBe(201);
  world.clock.advance(Number(refused.headers.get('retry-after')) * 1000);
  expect((await mint(world, tenant.token)).status).toBe(201);
  expect(await differences(world)).toEqual([]);
});

test('a key without a limit of its own mints 1,000 tokens a minute', async ({ expect }) => {
  const world = createWorld();
  const { keyId, token } = await world.tenant();
  await mint(world, token);
  await env.DB.prepare("UPDATE counters SET requests = 999 WHERE subject = 'tokens:' || ?1")
    .bind(keyId)
    .run();
  expect((await mint(world, token)).status).toBe(201);
  expect(await mint(world, token)).toMatchObject({ status: 429, body: { limit: { max: 1_000 } } });
});

test.for(['customer', 'gateway'])(
  'tokens_per_minute of the %s counts all keys together',
  async (scope, { expect }) => {
    const world = createWorld();
    const limits = { tokens_per_minute: 3 };
    const tenant = await world.tenant(scope === 'customer' ? { limits } : {});
    const keys = [tenant.token, (await world.key(tenant)).key];
    if (scope === 'gateway') {
      await world.admin('PATCH', '/admin/settings', { limits });
    }
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      statuses.push((await mint(world, keys[turn % 2]!)).status);
    }
    await world.admin('PATCH', '/admin/settings', { limits: null });
    expect(statuses).toEqual([201, 201, 201, scope === 'gateway' ? 503 : 429]);
  },
);

type Deaths = (world: World, tenant: { id: string; keyId: string }) => Promise<unknown>;
const deaths: { what: string; end: Deaths; refusal: object }[] = [
  {
    what: 'a revoked key',
    end: (world, { keyId }) => world.isolate().admin('DELETE', `/admin/keys/${keyId}`),
    refusal: { status: 401, body: { code: 'invalid_key' } },
  },
  {
    what: 'a suspended customer',
    end: (world, { id }) => world.isolate().admin('PATCH', `/admin/customers/${id}`, { status: 'suspended' }),
    refusal: { status: 403, body: { code: 'customer_suspended' } },
  },
];

test.for(deaths)(
  'G6: $what that an isolate still knows mints nothing',
  async ({ end, refusal }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    expect((await mint(world, tenant.token)).status).toBe(201);
    await end(world, tenant);
    expect(await mint(world, tenant.token)).toMatchObject(refusal);
    const rows = await env.DB.prepare(
      "SELECT COUNT(*) AS n FROM keys WHERE kind = 'browser' AND parent_id = ?1",
    )
      .bind(tenant.keyId)
      .first('n');
    expect(rows).toBe(1);
  },
);

/** A submit with an Idempotency-Key. */
function order(isolate: Isolate, token: string, key = 'order-1'): Promise<Reply> {
  const path = `/v1/models/${TEXT_TO_VIDEO}`;
  return isolate.call(path, { method: 'POST', token, body: PROMPT, headers: { 'Idempotency-Key': key } });
}

const lostAnswers: { what: string; first: (world: World, token: string) => Promise<unknown> }[] = [
  { what: 'the page closed before it read the answer', first: (world, token) => order(world, token) },
  {
    what: "the gate's answer was lost",
    async first(world, token) {
      const { db, calls } = failingDb(env.DB);
      calls.match = 'INSERT INTO jobs';
      calls.failure = 'after';
      await order(world.isolate({ DB: db }), token);
    },
  },
];

test.for(lostAnswers)(
  'G3 (D): $what, the token expired, and a renewed one tries again: one job',
  async ({ first }, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    const user = { end_user: 'user-1', expires_in: 10 };
    await first(world, await minted(world, token, user));
    await world.idle();
    world.clock.advance(11_000);
    const renewed = await minted(world, token, user);
    // Another end user's token and the key itself have Idempotency-Keys of their own: they do not learn of the job.
    const again = await order(world.isolate(), renewed);
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(world.runcomfy.accepted().count).toBe(1);
    expect(await booksOf(id)).toMatchObject({ jobs: 1, holds: 1, heldMicros: 250_000 });
    expect((await world.isolate().status(renewed, again.body.request_id)).status).toBe(200);
    await world.idle();
  },
);

test('G3 (D): the renewed token gets the same answer about an unknown outcome as the first', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const user = { end_user: 'user-1' };
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const first = await order(world, await minted(world, token, user));
  await world.idle();
  const again = await order(world.isolate(), await minted(world, token, user));
  expect([first.status, again.status]).toEqual([502, 502]);
  expect(again.body.request_id).toBe(first.body.request_id);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(world.runcomfy.calls().counts.submit).toBe(1);
});

test('G3 (E): 100 retries at once over five tokens of one end user are one job', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const pages = await Promise.all(
    Array.from({ length: 5 }, () => minted(world, token, { end_user: 'user-1' })),
  );
  const isolates = [world.isolate(), world.isolate()];
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, index) => order(isolates[index % 2]!, pages[index % 5]!)),
  );
  await world.idle();
  expect(new Set(accepted(replies).map(({ body }) => body.request_id)).size).toBe(1);
  expect([...refusals(replies)].filter((refusal) => refusal !== '409 request_in_flight')).toEqual([]);
  expect(world.runcomfy.accepted().count).toBe(1);
  expect(await booksOf(id)).toMatchObject({ jobs: 1, holds: 1 });
});

test('an Idempotency-Key is shared by the tokens of an end user and by nobody else', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const other = await world.tenant();
  const anonymous = await browserToken(world, tenant);
  const callers = [
    tenant.token,
    await minted(world, tenant.token, { end_user: 'user-1' }),
    await minted(world, tenant.token, { end_user: 'user-2' }),
    await minted(world, tenant.token),
    anonymous.token,
    // A user who is called like a token.
    await minted(world, tenant.token, { end_user: anonymous.id }),
    await minted(world, other.token, { end_user: 'user-1' }),
  ];
  const ids = new Set<string>();
  for (const caller of callers) {
    const { status, headers, body } = await order(world, caller);
    expect({ status, replayed: headers.get('idempotent-replayed') }).toEqual({ status: 200, replayed: null });
    ids.add(body.request_id);
  }
  await world.idle();
  expect(ids.size).toBe(callers.length);
  expect(world.runcomfy.accepted().count).toBe(callers.length);
});

test('G1: sibling tokens and end users see nothing of each other: no job, no list, no usage, no room', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const spend = { max_spend_usd: 2 };
  const user = { ...spend, end_user: 'user-1' };
  const pages = {
    first: await minted(world, token, user),
    usersNext: await minted(world, token, user),
    usersOwn: await minted(world, token, { ...user, see: 'own' }),
    otherUser: await minted(world, token, { ...spend, end_user: 'user-2' }),
    nobody: await minted(world, token, spend),
  };
  const started = await world.submit(pages.first);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded' });
  await world.result(pages.first, started.body.request_id);
  await world.idle();
  const seenBy = async (page: string) => {
    const cold = world.isolate();
    const { body: list } = await cold.call('/v1/requests', { token: page });
    const { body: filtered } = await cold.call('/v1/requests?end_user=user-1', { token: page });
    const { body: usage } = await cold.call('/v1/usage', { token: page });
    const { body: balance } = await cold.call('/prod/v2/balance', { token: page });
    return {
      status: (await cold.status(page, started.body.request_id)).status,
      result: (await cold.result(page, started.body.request_id)).status,
      cancel: (await cold.cancel(page, started.body.request_id)).status,
      books: (await cold.call(`/v1/requests/${started.body.request_id}`, { token: page })).status,
      listed: list.items.length,
      filtered: filtered.items.length,
      charged: usage.total.charged_usd,
      left: balance.balance_usd,
    };
  };
  const theirs = { status: 200, result: 200, cancel: 202, books: 200, listed: 1, filtered: 1, charged: 0.25 };
  const nothing = { status: 404, result: 404, cancel: 404, books: 404, listed: 0, filtered: 0, charged: 0 };
  expect(await seenBy(pages.first)).toEqual({ ...theirs, left: 1.75 });
  expect(await seenBy(pages.usersNext)).toEqual({ ...theirs, left: 2 });
  expect(await seenBy(pages.usersOwn)).toEqual({ ...nothing, left: 2 });
  expect(await seenBy(pages.otherUser)).toEqual({ ...nothing, left: 2 });
  expect(await seenBy(pages.nobody)).toEqual({ ...nothing, left: 2 });
});

const walls: { what: string; customer?: object; key?: object; refusal: [number, string] }[] = [
  { what: 'a balance', customer: { prepaid: true }, refusal: [402, 'spend_limit'] },
  {
    what: "a customer's money",
    customer: { limits: { spend_per_month_usd: 0.123 } },
    refusal: [402, 'spend_limit'],
  },
  { what: "a key's money", key: { limits: { spend_total_usd: 0.123 } }, refusal: [402, 'spend_limit'] },
  { what: "a key's count", key: { limits: { requests_per_day: 0 } }, refusal: [429, 'request_limit'] },
];

test.for(walls)('a token that reaches $what gets no figure of it', async (row, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant(row.customer, row.key);
  const page = await minted(world, token, { max_requests: 5, max_spend_usd: 1 });
  const { status, headers, body } = await world.submit(page);
  expect([status, body.code]).toEqual(row.refusal);
  expect(body).not.toHaveProperty('limit');
  expect(body.detail).toBe(
    'The token has room, but the account behind it has none for this call. Ask the owner of this page.',
  );
  expect(headers.get('ratelimit')).toBe('"token-total";r=5');
  expect(headers.get('ratelimit-policy')).toBe('"token-total";q=5');
  expect(headers.get('comfygate-committed-usd')).toBe('0');
  expect(headers.get('comfygate-remaining-usd')).toBe('1');
});

test('a token reads only its own limits: headers, balance, key', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant(
    { prepaid: true, limits: { requests_per_day: 321 } },
    { limits: { spend_per_month_usd: 54.321 } },
  );
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 98.765, note: 'all' });
  await world.submit(token);
  await world.submit(await minted(world, token, { max_requests: 3 }));
  const page = await minted(world, token, { max_requests: 3, max_spend_usd: 0.8 });
  await world.submit(page);
  const { headers, body } = await world.submit(page);
  await world.idle();
  const shown = Object.fromEntries([...headers].filter(([name]) => /^(ratelimit|comfygate)/.test(name)));
  expect(shown).toEqual({
    'ratelimit-policy': '"token-total";q=3',
    ratelimit: '"token-total";r=1',
    'comfygate-committed-usd': '0.5',
    'comfygate-remaining-usd': '0.3',
  });
  const balance = { balance_usd: 0.3, balance_microdollars: 300_000, currency: 'USD' };
  expect((await world.call('/prod/v2/balance', { token: page })).body).toEqual(balance);
  const { body: key } = await world.call('/v1/key', { token: page });
  expect(key.limits).toEqual([
    { scope: 'token', name: 'requests_total', max: 3, used: 2, left: 1 },
    { scope: 'token', name: 'spend_total_usd', max: 0.8, used: 0.5, left: 0.3 },
  ]);
  expect(key).not.toHaveProperty('balance_usd');
  // Settled money is no longer committed.
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'failed' });
  await world.result(page, body.request_id);
  await world.idle();
  const full = await world.submit(page, { prompt: 'x', duration: 5 });
  expect(full.headers.get('comfygate-committed-usd')).toBe('0.5');
  const spent = await world.submit(page);
  expect(spent).toMatchObject({ status: 429, body: { limit: { scope: 'token', name: 'requests_total' } } });
});

/** The numbers of rows of keys and of counters of a token. */
async function rowsOf(subject: string): Promise<(number | undefined)[]> {
  const results = await env.DB.batch<{ n: number }>([
    env.DB.prepare('SELECT COUNT(*) AS n FROM keys WHERE id = ?1').bind(subject),
    env.DB.prepare('SELECT COUNT(*) AS n FROM counters WHERE subject = ?1').bind(subject),
  ]);
  return results.map(({ results: [row] }) => row?.n);
}

test('G4 (F): tokens are swept a week after their expiry, with their counters; jobs and books stay whole', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const swept = await mint(world, token, { expires_in: 10 });
  const kept = await mint(world, token, { expires_in: 3600 });
  const [one, two] = [await world.submit(swept.body.token), await world.submit(kept.body.token)];
  await world.idle();
  // RunComfy has forgotten both, so that the cron does not end them.
  await env.DB.prepare('UPDATE jobs SET check_at_ms = ?2 WHERE customer_id = ?1')
    .bind(id, Number.MAX_SAFE_INTEGER)
    .run();
  world.clock.advance(7 * DAY + 9_000);
  await world.cron();
  expect(await rowsOf(swept.body.id)).toEqual([1, 3]);
  world.clock.advance(1_000);
  await world.cron();
  expect(await rowsOf(swept.body.id)).toEqual([0, 0]);
  expect(await rowsOf(kept.body.id)).toEqual([1, 3]);
  expect(await differences(world)).toEqual([]);
  for (const { body } of [one, two]) {
    await world.admin('POST', `/admin/jobs/${body.request_id}/resolve`, { outcome: 'lost' });
  }
  expect(await booksOf(id)).toMatchObject({ states: { lost: 2 }, holds: 2, ends: 2, heldMicros: 0 });
  expect(await differences(world)).toEqual([]);
  expect(await differences(world, id)).toEqual([]);
  expect((await world.call(`/v1/requests/${one.body.request_id}`, { token })).status).toBe(200);
});

test('requests_total of key and customer', async ({ expect }) => {
  const world = createWorld();
  const limits = { requests_total: 2 };
  for (const { token } of [await world.tenant({ limits }), await world.tenant({}, { limits })]) {
    const statuses = [await world.submit(token), await world.submit(token), await world.submit(token)];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(statuses[2]!.headers.get('retry-after')).toBeNull();
    expect(statuses[2]!.body.limit).toMatchObject({ name: 'requests_total', max: 2, used: 2, left: 0 });
  }
});

test('what an end user cost is rolled up with every settlement, adjustment and late cost', async ({
  expect,
}) => {
  const world = createWorld(Date.parse('2026-03-05T12:00:00Z'));
  const { id, token } = await world.tenant({ markup: 2 });
  const pageOf = (end_user: string) => minted(world, token, { end_user, max_spend_usd: 100 });
  const end = async (page: string, as: 'succeeded' | 'failed', cost: number | null) => {
    const { body } = await world.submit(page);
    await world.idle();
    world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as, cost_usd: cost });
    await world.result(page, body.request_id);
    await world.idle();
    return body.request_id;
  };
  await end(await pageOf('ada'), 'succeeded', 0.1);
  await end(await pageOf('ada'), 'failed', null);
  // A success that cost more than was held for it.
  await end(await pageOf('ada'), 'succeeded', 0.7);
  await end(token, 'succeeded', 0.1);
  // RunComfy reports the cost of this job only after midnight.
  world.clock.advance(12 * 3_600_000 - 60_000);
  world.runcomfy.settings({ cost_delay_ms: 120_000 });
  const job = await end(await pageOf('=bob,"b"'), 'succeeded', 0.05);
  world.clock.advance(8 * 60_000);
  await world.cron();
  await world.idle();
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 0.2, note: 'sorry', job });
  const march = 'from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z';
  const { body } = await world.call(`/v1/usage?group_by=day,end_user&${march}`, { token });
  const ada = { jobs: 3, succeeded: 2, failed: 1, cancelled: 0, charged_usd: 1, adjusted_usd: 0 };
  const bob = { jobs: 1, succeeded: 1, failed: 0, cancelled: 0, charged_usd: 0.5, adjusted_usd: 0 };
  const given = { ...bob, jobs: 0, succeeded: 0, charged_usd: 0, adjusted_usd: 0.2 };
  expect(body.items).toEqual([
    { day: '2026-03-05', end_user: '=bob,"b"', ...bob },
    { day: '2026-03-05', end_user: 'ada', ...ada },
    { day: '2026-03-06', end_user: '=bob,"b"', ...given },
  ]);
  const operator = await world.admin(
    'GET',
    `/admin/usage?group_by=customer,day,end_user&customer=${id}&${march}`,
  );
  expect(operator.body.items).toMatchObject([
    { customer: id, end_user: '=bob,"b"', cost_usd: 0, loss_usd: 0, margin_usd: 0.5 },
    { customer: id, end_user: 'ada', cost_usd: 0.8, loss_usd: 0.2, margin_usd: 0.2 },
    {
      customer: id,
      day: '2026-03-06',
      end_user: '=bob,"b"',
      cost_usd: 0.05,
      adjusted_usd: 0.2,
      margin_usd: -0.25,
    },
  ]);
  const csv = await world.call(`/v1/usage?group_by=end_user&format=csv&${march}`, { token });
  expect(csv.body).toContain('"\'=bob,""b"""');
  expect(await differences(world)).toEqual([]);
  await env.DB.prepare(
    "UPDATE usage_end_users SET charged = charged + 1 WHERE customer_id = ?1 AND end_user = 'ada'",
  )
    .bind(id)
    .run();
  const wrong = [{ what: 'end user ada 20517 charged', subject: id, stored: 1_000_001, computed: 1_000_000 }];
  expect(await differences(world)).toEqual(wrong);
  expect(await differences(world, id)).toEqual(wrong);
  await env.DB.prepare(
    "UPDATE usage_end_users SET charged = charged - 1 WHERE customer_id = ?1 AND end_user = 'ada'",
  )
    .bind(id)
    .run();
});
