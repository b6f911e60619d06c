// G2: a limit of the week counts from Monday 00:00 UTC to Sunday 23:59:59.999, for whomever it is set.

import { test } from 'vitest';
import { addAccount } from '../support/accounts.ts';
import { differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY = 86_400_000;
const PRICE_USD = 0.25;
const CAP = 2;

/** Two limits that allow two jobs of this price. */
const LIMITS = { requests_per_week: CAP, spend_per_week_usd: CAP * PRICE_USD };
type Name = keyof typeof LIMITS;

/** The same as a column has them. */
const storedOf = (name: Name) =>
  name === 'requests_per_week' ? { [name]: CAP } : { spend_per_week: CAP * PRICE_USD * 1e6 };

/** A caller with room for two jobs in a week, by the limits of one subject. */
const CALLERS: Record<string, (world: World, name: Name) => Promise<string>> = {
  async gateway(world, name) {
    await world.admin('PATCH', '/admin/settings', { limits: { [name]: LIMITS[name] } });
    return (await world.tenant()).token;
  },
  customer: async (world, name) => (await world.tenant({ limits: { [name]: LIMITS[name] } })).token,
  key: async (world, name) => (await world.tenant({}, { limits: { [name]: LIMITS[name] } })).token,
  async token(world, name) {
    const limits = { ...storedOf(name), requests_total: 1_000 };
    return (await browserToken(world, await world.tenant(), { limits, ttlMs: 30 * DAY })).token;
  },
  async account(world, name) {
    const { id } = await addAccount(world, { limits: storedOf(name) });
    return (await world.tenant({ account: id })).token;
  },
  async plan(world, name) {
    const plan = { name: crypto.randomUUID(), limits: { [name]: LIMITS[name] } };
    const { body } = await world.admin('POST', '/admin/plans', plan);
    return (await world.tenant({ plan: body.id })).token;
  },
  async defaults(world, name) {
    await world.admin('PATCH', '/admin/settings', { defaults: { limits: { [name]: LIMITS[name] } } });
    const { token } = await world.tenant();
    await world.admin('PATCH', '/admin/settings', { defaults: { limits: null } });
    return token;
  },
};

const SCOPE_OF: Record<string, string> = { plan: 'customer', defaults: 'customer' };

function refusalOf(subject: string, name: Name, resets_at: string): object {
  if (subject === 'gateway' || subject === 'account') {
    return { status: 503, body: { code: subject === 'gateway' ? 'gateway_limit' : 'upstream_unavailable' } };
  }
  const scope = SCOPE_OF[subject] ?? subject;
  const limit = { scope, name, max: LIMITS[name], used: LIMITS[name], left: 0, resets_at };
  return name === 'requests_per_week'
    ? { status: 429, body: { code: 'request_limit', limit } }
    : { status: 402, body: { code: 'spend_limit', limit } };
}

const MONDAYS = [
  '2026-03-02',
  // With the 29th of February in it.
  '2028-02-28',
  // A leap year ends on its Tuesday.
  '2024-12-30',
  // A leap year ends with it.
  '2028-12-25',
];
/** The gateway counts the jobs of all tests: these weeks are its own. */
const GATEWAY_MONDAYS = ['2020-02-24', '2020-12-28'];
const NAMES: Name[] = ['requests_per_week', 'spend_per_week_usd'];
const cases = Object.keys(CALLERS).flatMap((subject, index) =>
  NAMES.map((name, second) => {
    const mondays = subject === 'gateway' ? GATEWAY_MONDAYS : MONDAYS;
    return { subject, name, monday: mondays[(index + second) % mondays.length]! };
  }),
);

test.for(cases)(
  'G2: $name of the $subject is exact in the week of $monday, and at both of its ends',
  async ({ subject, name, monday }, { expect }) => {
    const mondayMs = Date.parse(monday);
    const world = createWorld(mondayMs - 1);
    const token = await CALLERS[subject]!(world, name);
    const submits = (count: number) =>
      Promise.all(Array.from({ length: count }, () => world.submit(token))).then((replies) =>
        replies.map(({ status }) => status).toSorted(),
      );
    const refused = refusalOf(subject, name, new Date(mondayMs + 7 * DAY).toISOString());
    const { status: no } = refused as { status: number };
    expect(await submits(4)).toEqual([200, 200, no, no]);

    world.clock.advance(1);
    expect((await world.submit(token)).status).toBe(200);
    world.clock.advance(2 * DAY);
    expect(await submits(3)).toEqual([200, no, no]);
    expect(await world.submit(token)).toMatchObject(refused);
    world.clock.advance(5 * DAY - 1);
    const last = await world.submit(token);
    expect(last).toMatchObject(refused);
    if (no !== 503) {
      expect(last.headers.get('retry-after')).toBe('1');
    }

    world.clock.advance(1);
    expect(await submits(4)).toEqual([200, 200, no, no]);
    await world.admin('PATCH', '/admin/settings', { limits: null });
    await world.idle();
    expect(await differences(world)).toEqual([]);
  },
);

test('RateLimit, /v1/key and the operator name the week, what is left of it and when it ends', async ({
  expect,
}) => {
  const world = createWorld(Date.parse('2026-06-07T23:59:59.000Z'));
  const tenant = await world.tenant(
    { limits: { spend_per_week_usd: 1 } },
    { limits: { requests_per_week: 5 } },
  );
  const { headers } = await world.submit(tenant.token);
  expect(headers.get('ratelimit-policy')).toBe('"key-week";q=5;w=604800');
  expect(headers.get('ratelimit')).toBe('"key-week";r=4;t=1');
  expect(headers.get('comfygate-remaining-usd')).toBe('0.75');
  const spend = { name: 'spend_per_week_usd', max: 1, used: 0.25, left: 0.75 };
  const resets_at = '2026-06-08T00:00:00.000Z';
  expect((await world.call('/v1/key', { token: tenant.token })).body.limits).toEqual([
    { scope: 'customer', ...spend, resets_at },
    { scope: 'key', name: 'requests_per_week', max: 5, used: 1, left: 4, resets_at },
  ]);
  const read = await world.admin('GET', `/admin/customers/${tenant.id}/limits`);
  expect(read.body.limits).toEqual([{ scope: 'customer', ...spend, resets_at }]);
  const listed = await world.admin('GET', `/admin/customers?id=${tenant.id}&with=limits`);
  expect(listed.body.items[0].limit_use).toEqual([{ scope: 'customer', ...spend, resets_at }]);

  world.clock.advance(1000);
  expect((await world.submit(tenant.token)).headers.get('ratelimit')).toBe('"key-week";r=4;t=604800');
});
