// /admin/usage: the sums of a period. A past month never changes, whatever becomes known later.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { booksOf } from '../../support/books.ts';
import { expectRefusal } from '../../support/problem.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { endedJob, insertSettled, rollUp, usageText } from '../../support/usage.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const IMAGE = { prompt: 'x', image_urls: ['https://playgrounds-storage-public.runcomfy.net/a.png'] };
const DEARER = { usd: 0.08, unit: 'second', quantity: 'frames' };
const MARCH = 'from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z';
const APRIL = 'from=2026-04-01T00:00:00Z&to=2026-05-01T00:00:00Z';
const NOTHING = {
  jobs: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  lost: 0,
  charged_usd: 0,
  adjusted_usd: 0,
  cost_usd: 0,
  loss_usd: 0,
  margin_usd: 0,
};

async function usage(world: World, query: string): Promise<any> {
  const { status, body } = await world.admin('GET', `/admin/usage?${query}`);
  if (status !== 200) {
    throw new Error(`no report: ${JSON.stringify(body)}`);
  }
  return body;
}

async function adjust(world: World, customer: string, body: { amount_usd: number; job?: string }) {
  const path = `/admin/customers/${customer}/credits`;
  const { status, body: answer } = await world.admin('POST', path, { note: 'test', ...body });
  if (status !== 201) {
    throw new Error(`not booked: ${JSON.stringify(answer)}`);
  }
}

/** RunComfy reports a cost for every end, a failure too. */
function costAlways(world: World, costUsd: number): void {
  tapUpstream(world, async (response, request) => {
    if (!new URL(request.url).pathname.endsWith('/result')) {
      return response;
    }
    return Response.json({ ...(await response.json<object>()), cost: costUsd });
  });
}

test('what each kind of end counts, charges and costs', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ markup: 2 });
  const charged = await endedJob(world, token, { as: 'succeeded', cost_usd: 0.1 });
  await endedJob(world, token, { as: 'succeeded', cost_usd: 0.900001 });
  costAlways(world, 0.07);
  await endedJob(world, token, { as: 'failed' });
  await endedJob(world, token, { as: 'cancelled' });
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  expect((await world.submit(token)).status).toBe(422);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  expect((await world.submit(token)).status).toBe(502);
  world.clock.advance(24 * 3_600_000);
  await world.cron();
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  await world.idle();
  await adjust(world, id, { amount_usd: 0.25, job: charged });
  await adjust(world, id, { amount_usd: -0.050001, job: charged });
  await adjust(world, id, { amount_usd: 100 });
  // Of the operations about a job, adjustments alone.
  await env.DB.prepare(
    `INSERT INTO ledger (reference, phase, kind, customer_id, micros, job_id, at_ms)
     VALUES ('op_' || ?1, 'operation', 'credit', ?1, 5, ?2, ?3)`,
  )
    .bind(id, charged, world.clock.now())
    .run();
  expect((await booksOf(id)).states).toEqual({
    succeeded: 2,
    failed: 1,
    cancelled: 1,
    refused: 1,
    lost: 1,
    running: 1,
  });
  const total = {
    jobs: 5,
    succeeded: 2,
    failed: 1,
    cancelled: 1,
    lost: 1,
    charged_usd: 1,
    adjusted_usd: 0.199999,
    cost_usd: 1.140001,
    loss_usd: 0.540001,
    margin_usd: -0.34,
  };
  expect(await usage(world, `customer=${id}`)).toEqual({
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-04-01T00:00:00.000Z',
    items: [total],
    total,
    open: { jobs: 1, held_usd: 0.5 },
  });
});

test("a closed month's usage report is the same when asked again after late settlements", async ({
  expect,
}) => {
  const world = createWorld(Date.parse('2026-03-31T23:50:00Z'));
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { charge: 'cost' });
  const ada = await world.tenant();
  const eve = await world.tenant();
  const settled = await endedJob(world, ada.token, { as: 'succeeded', cost_usd: 0.1 });
  await adjust(world, ada.id, { amount_usd: 0.05, job: settled });
  world.clock.advance(8 * 60_000);
  world.runcomfy.settings({ cost_delay_ms: 5 * 60_000, hold: 'in_progress' });
  await endedJob(world, ada.token, { as: 'succeeded', cost_usd: 0.2 });
  await endedJob(world, ada.token, {
    as: 'succeeded',
    cost_usd: 0.15,
    model: IMAGE_TO_VIDEO,
    input: IMAGE,
  });
  const running = (await world.submit(eve.token)).body.request_id;
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs.at(-1)!.id;
  world.clock.advance(2 * 60_000);

  const queries = [
    '',
    '&group_by=customer,key,model,day',
    `&group_by=model&customer=${ada.id}`,
    '&format=csv',
  ];
  const calls = [
    ...queries.map((query) => ({ path: `/admin/usage?${MARCH}${query}`, token: undefined })),
    ...[ada, eve].map(({ token }) => ({ path: `/v1/usage?${MARCH}&group_by=day`, token })),
  ];
  const ask = async () => {
    const texts = [];
    for (const { path, token } of calls) {
      const { status, text } = await usageText(world, path, token);
      texts.push(`${status} ${text.split(',"open":')[0]}`);
    }
    return texts;
  };
  const march = await ask();
  expect(JSON.parse(`${march[2]!.slice(4)}}`)).toMatchObject({
    items: [{ model_id: TEXT_TO_VIDEO }],
    total: { jobs: 2, charged_usd: 0.5, adjusted_usd: 0.05, cost_usd: 0.1, margin_usd: 0.35 },
  });
  expect((await usage(world, `${MARCH}&customer=${ada.id}`)).open).toEqual({ jobs: 1, held_usd: 0.25 });

  // April: late costs, a late settlement by cost, a late end, adjustments, credits, other prices.
  world.clock.advance(9 * 60_000);
  await world.cron();
  world.runcomfy.settings({ cost_delay_ms: 0 });
  world.runcomfy.finish(upstreamId, { as: 'succeeded', cost_usd: 0.3 });
  await world.result(eve.token, running);
  await world.idle();
  await adjust(world, ada.id, { amount_usd: 0.2, job: settled });
  await adjust(world, ada.id, { amount_usd: 7 });
  await world.admin('PATCH', `/admin/customers/${ada.id}`, { markup: 3 });
  await world.admin('PUT', `/admin/customers/${eve.id}/prices/${TEXT_TO_VIDEO}`, { usd: 1 });
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, { charge: 'estimate', price: DEARER });
  expect(await ask()).toEqual(march);
  expect(await usage(world, `${APRIL}&group_by=customer`)).toMatchObject({
    items: expect.arrayContaining([
      {
        ...NOTHING,
        customer: ada.id,
        jobs: 1,
        succeeded: 1,
        charged_usd: 0.15,
        adjusted_usd: 0.2,
        cost_usd: 0.35,
        margin_usd: -0.4,
      },
      {
        ...NOTHING,
        customer: eve.id,
        jobs: 1,
        succeeded: 1,
        charged_usd: 0.25,
        cost_usd: 0.3,
        loss_usd: 0.05,
        margin_usd: -0.05,
      },
    ]),
  });
  expect((await usage(world, `customer=${ada.id}`)).open).toEqual({ jobs: 0, held_usd: 0 });
});

test('from is inclusive, to is exclusive, and a day is the UTC day of the booking', async ({ expect }) => {
  const world = createWorld(Date.parse('2026-03-31T23:59:59.999Z'));
  const { id, token } = await world.tenant();
  const first = await endedJob(world, token, { as: 'succeeded', cost_usd: 0 });
  await adjust(world, id, { amount_usd: 0.01, job: first });
  world.clock.advance(1);
  await endedJob(world, token, { as: 'succeeded', cost_usd: 0.1 });
  await endedJob(world, token, { as: 'failed' });
  await adjust(world, id, { amount_usd: 0.02, job: first });
  const ofMonth = (query: string) => usage(world, `customer=${id}&group_by=day&${query}`);
  const last = { day: '2026-03-31', jobs: 1, charged_usd: 0.25, adjusted_usd: 0.01, cost_usd: 0 };
  const next = { day: '2026-04-01', jobs: 2, charged_usd: 0.25, adjusted_usd: 0.02, cost_usd: 0.1 };
  expect((await ofMonth(MARCH)).items).toMatchObject([last]);
  expect((await ofMonth(APRIL)).items).toMatchObject([next]);
  // Without from and to it is the month that is now.
  expect((await ofMonth('')).items).toMatchObject([next]);
  expect((await ofMonth('from=2026-03-01T01:00:00%2B01:00')).items).toMatchObject([last, next]);
  expect(await ofMonth('from=2026-03-31&to=2026-04-02')).toMatchObject({
    items: [last, next],
    total: { jobs: 3, succeeded: 2, failed: 1, charged_usd: 0.5, adjusted_usd: 0.03, margin_usd: 0.37 },
  });
  expect((await ofMonth('from=2026-04-01&to=2026-04-02')).items).toMatchObject([next]);
  expect((await ofMonth('from=2026-04-02')).items).toEqual([]);
});

test('groups: a row for each customer, key, model and day, and the total over all', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const eve = await world.tenant();
  const second = await world.key(ada);
  const browser = await browserToken(world, ada);
  await endedJob(world, ada.token, { as: 'succeeded', cost_usd: 0.1 });
  await endedJob(world, browser.token, { as: 'succeeded', cost_usd: 0.1 });
  await endedJob(world, second.key, {
    as: 'succeeded',
    cost_usd: 0.1,
    model: IMAGE_TO_VIDEO,
    input: IMAGE,
  });
  world.clock.advance(86_400_000);
  await endedJob(world, eve.token, { as: 'failed' });
  const report = async (query: string) => (await usage(world, `${MARCH}${query}`)).items;
  const ofAda = `&customer=${ada.id}`;
  expect(await report(`${ofAda}&group_by=key`)).toMatchObject(
    [
      { key: ada.keyId, jobs: 2 },
      { key: second.id, jobs: 1 },
    ].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
  // The columns stand in one order, whatever the order of the parameter.
  const [row] = await report(`&customer=${eve.id}&group_by=day,model,key,customer`);
  expect(Object.entries(row).slice(0, 4)).toEqual([
    ['customer', eve.id],
    ['key', eve.keyId],
    ['model_id', TEXT_TO_VIDEO],
    ['day', '2026-03-06'],
  ]);
  const rows = await report('&group_by=customer');
  expect(rows.map(({ customer }: any) => customer)).toEqual(
    rows.map(({ customer }: any) => customer).toSorted(),
  );
  const { total, items } = await usage(world, MARCH);
  expect(items).toEqual([total]);
  expect(rows.reduce((sum: number, { jobs }: any) => sum + jobs, 0)).toBe(total.jobs);
  const bob = await world.customer();
  expect(await usage(world, `customer=${bob.id}`)).toMatchObject({
    items: [NOTHING],
    total: NOTHING,
    open: { jobs: 0, held_usd: 0 },
  });
  expect(await usage(world, `customer=${bob.id}&group_by=day`)).toMatchObject({ items: [], total: NOTHING });
});

test.for(['cus_nobody', 'x', "'%20OR%201=1%20--"])(
  'there is no report for %s, which is no customer',
  async (customer, { expect }) => {
    for (const more of ['', '&group_by=day', '&format=csv']) {
      const reply = await createWorld().admin('GET', `/admin/usage?customer=${customer}${more}`);
      expectRefusal(expect, reply, {
        status: 404,
        code: 'not_found',
        errorCode: 404001,
        detail: /no such customer/,
      });
    }
  },
);

test('from and to are read as people write them', async ({ expect }) => {
  const world = createWorld();
  const periodOf = async (query: string) => {
    const { from, to } = await usage(world, query);
    return [from, to];
  };
  const days = ['2026-03-02T00:00:00.000Z', '2026-03-04T00:00:00.000Z'];
  expect(await periodOf('from=2026-03-02&to=2026-03-04')).toEqual(days);
  expect(await periodOf('from=2026-03-02T00:00Z&to=2026-03-04t00:00:00z')).toEqual(days);
  // Of a bare plus sign a query makes a space.
  expect(await periodOf('from=2026-03-02T01:00+01:00&to=2026-03-04T02:00:00+02:00')).toEqual(days);
  expect(await periodOf('from=2026-03-01T22:00-02:00&to=2026-03-04')).toEqual(days);
  expect(await periodOf('from=2026-03-02')).toEqual([days[0], '2026-04-01T00:00:00.000Z']);
  expect(await periodOf('to=2026-03-04')).toEqual(['2026-03-01T00:00:00.000Z', days[1]]);
});

test('a leap year is a report', async ({ expect }) => {
  expect(await usage(createWorld(), 'from=2024-01-01&to=2025-01-01')).toMatchObject({ total: NOTHING });
});

test('an invalid instant is repeated, with valid examples', async ({ expect }) => {
  const { body } = await createWorld().admin('GET', '/admin/usage?from=last%20week');
  expect(body.detail).toMatch(
    /^from: "last week" is no instant; send a date such as 2026-11-01 .*2026-11-01T09:30:00Z$/,
  );
});

test('to alone, before this month: the report has no start, and to is named', async ({ expect }) => {
  const { body } = await createWorld().admin('GET', '/admin/usage?to=2026-02-15');
  expect(body).toMatchObject({
    status: 400,
    code: 'invalid_parameter',
    detail: expect.stringMatching(
      /^to: 2026-02-15T.* is not after 2026-03-01T.*, the start of this month; send from as well$/,
    ),
    errors: [{ path: 'to', rule: 'period' }],
  });
});

test('open holds are those of the books, whatever the period', async ({ expect }) => {
  const world = createWorld();
  await world.admin('PATCH', `/admin/models/${IMAGE_TO_VIDEO}`, {
    charge: 'cost',
    price: { usd: 0.05, unit: 'second', quantity: 'frames' },
  });
  const { id, token } = await world.tenant();
  await endedJob(world, token, { as: 'succeeded', cost_usd: 0.1 });
  await endedJob(world, token, { as: 'succeeded', cost_usd: null });
  await endedJob(world, token, { as: 'succeeded', cost_usd: null, model: IMAGE_TO_VIDEO, input: IMAGE });
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(token);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  await world.submit(token);
  await world.idle();
  const books = await booksOf(id);
  expect(books.states).toEqual({ succeeded: 3, running: 1, unconfirmed: 1 });
  for (const query of ['', '&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z']) {
    const { open } = await usage(world, `customer=${id}${query}`);
    expect(open).toEqual({ jobs: 3, held_usd: books.heldMicros / 1e6 });
  }
});

test('CSV: a header, one line a row, exact decimals, no formula', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const atMs = world.clock.now();
  await insertSettled(tenant, 4, { atMs, micros: 1 });
  const rename = (from: string, to: string) =>
    env.DB.prepare('UPDATE jobs SET model_id = ?1 WHERE customer_id = ?2 AND model_id = ?3')
      .bind(to, tenant.id, from)
      .run();
  await rename('made/model-1', '-2+3/x');
  await rename('made/model-2', '=HYPERLINK("http://x","y")');
  await rename('made/model-3', '@sum');
  await rollUp(tenant);
  const csv = (query: string) => usageText(world, `/admin/usage?format=csv&customer=${tenant.id}${query}`);
  const tail = '1,1,0,0,0,0.000001,0,0.000001,0,0';
  const names =
    'jobs,succeeded,failed,cancelled,lost,charged_usd,adjusted_usd,cost_usd,loss_usd,margin_usd\r\n';
  expect(await csv('&group_by=model,day')).toEqual({
    status: 200,
    type: 'text/csv; charset=utf-8',
    text: [
      `model_id,day,${names}`,
      `'-2+3/x,2026-03-05,${tail}\r\n`,
      `"'=HYPERLINK(""http://x"",""y"")",2026-03-05,${tail}\r\n`,
      `'@sum,2026-03-05,${tail}\r\n`,
      `made/model-4,2026-03-05,${tail}\r\n`,
    ].join(''),
  });
  expect((await csv('')).text).toBe(`${names}4,4,0,0,0,0.000004,0,0.000004,0,0\r\n`);
  // A negative amount is a number and no formula.
  await env.DB.prepare('UPDATE jobs SET cost_micros = 1000002 WHERE customer_id = ?1').bind(tenant.id).run();
  await rollUp(tenant);
  expect((await csv('')).text).toBe(`${names}4,4,0,0,0,0.000004,0,4.000008,4.000004,-4.000004\r\n`);
  expect((await csv('&group_by=key,day&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')).text).toBe(
    `key,day,${names}`,
  );
});

test.for([
  { count: 1, micros: 1, usd: '0.000001' },
  { count: 9, micros: 999_999_999_999_999, usd: '8999999999.999991' },
  { count: 11, micros: 999_999_999_999_999, usd: '10999999999.999989' },
  { count: 9_999, micros: 1_000_000_000_000_000, usd: '9999000000000' },
])(
  '$count jobs at $micros micro-USD are $usd to the last digit',
  async ({ count, micros, usd }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    await insertSettled(tenant, count, { atMs: world.clock.now(), micros });
    const { status, text } = await usageText(world, `/admin/usage?customer=${tenant.id}`);
    expect(status).toBe(200);
    expect(text).toContain(
      `"charged_usd":${usd},"adjusted_usd":0,"cost_usd":${usd},"loss_usd":0,"margin_usd":0`,
    );
    expect(JSON.parse(text).total.charged_usd).toBe(Number(usd));
  },
);

test('10,000 rows are answered, one more is refused', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  await insertSettled(tenant, 10_000, { atMs: world.clock.now(), micros: 1 });
  const query = `customer=${tenant.id}&group_by=model`;
  const { items, total } = await usage(world, query);
  expect(items).toHaveLength(10_000);
  expect(total).toMatchObject({ jobs: 10_000, charged_usd: 0.01 });
  await endedJob(world, tenant.token, { as: 'failed' });
  expectRefusal(expect, await world.admin('GET', `/admin/usage?${query}`), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: /more than 10000 rows.*Narrow/,
  });
  expect((await usage(world, `customer=${tenant.id}`)).total.jobs).toBe(10_001);
});

const wrong = [
  'from=yesterday',
  'to=2026-03-5',
  'from=2026-02-30',
  'to=2026-02-15',
  'to=2026-03-01',
  'from=2026-03-01T00:00:00Z&to=2026-03-01T00:00:00Z',
  'from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z',
  'from=2030-01-01T00:00:00Z',
  // Parts of a day, and one day more than a leap year has.
  'from=2026-03-02T00:00:00.001Z',
  'to=2026-03-06T23:59:59Z',
  'from=2026-03-02T00:00:00%2B01:00',
  'from=2025-01-01&to=2026-01-03',
  'group_by=',
  'group_by=customer,',
  'group_by=account',
  'group_by=state',
  'group_by=day,day',
  'group_by=__proto__',
  'format=xml',
  'customer=' + 'x'.repeat(201),
];

test.for(wrong)('GET /admin/usage?%s is refused', async (query, { expect }) => {
  expectRefusal(expect, await createWorld().admin('GET', `/admin/usage?${query}`), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: new RegExp(`^${query.split('=')[0]}`),
    also: ['errors'],
  });
});

test('a parameter that does not exist is refused', async ({ expect }) => {
  const { status, body } = await createWorld().admin('GET', '/admin/usage?model=x');
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_parameter' });
});

test('the report is one round trip, and reads no job but open ones', async ({ expect }) => {
  const asked: string[] = [];
  let batches = 0;
  const DB = new Proxy(env.DB, {
    get(db, name) {
      if (name === 'prepare') {
        return (sql: string) => {
          asked.push(sql);
          return db.prepare(sql);
        };
      }
      if (name === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          batches += 1;
          return db.batch(statements);
        };
      }
      throw new Error(`not asked for: ${String(name)}`);
    },
  });
  const world = createWorld();
  const spied = world.isolate({ DB });
  expect((await spied.admin('GET', '/admin/usage?group_by=customer,key,day')).status).toBe(200);
  expect({ batches, statements: asked.length }).toEqual({ batches: 1, statements: 2 });
  const plans: string[] = [];
  for (const sql of asked) {
    const places = Math.max(...[...sql.matchAll(/\?(\d+)/g)].map(([, place]) => Number(place)));
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...Array.from({ length: places }, () => null))
      .all<{ detail: string }>();
    plans.push(
      ...results.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH) [a-z]/.test(detail)),
    );
  }
  expect(plans.toSorted()).toEqual([
    'SCAN d VIRTUAL TABLE INDEX 1:',
    'SCAN jobs USING COVERING INDEX jobs_to_check',
    'SEARCH u USING PRIMARY KEY (day=? AND customer_id>? AND customer_id<?)',
  ]);
});
