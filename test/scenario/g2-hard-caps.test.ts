// G2: no interleaving of submits exceeds a cap. Up to 1,000 submits at once, spread over three isolates, against 37, or
// against money for 37.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { microsOf as amountOf } from '../../src/lib/money.ts';
import { booksOf, differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { createWorld, TEXT_TO_VIDEO, type Reply, type World } from '../support/world.ts';

const CAP = 37;
const SUBMITS = 1_000;
/**
 * One statement guards all limits of all scopes. It reads what is used in six ways: the requests of the last minute, the
 * requests of days, jobs at once, the money of days, all money, and the balance. Each way has one storm of full size, and
 * each scope has at least one; the other storms repeat them with another window or scope.
 */
const FEWER_SUBMITS = 100;
const SCOPES = ['key', 'customer', 'gateway'];
const COUNTS = [
  { limit: 'requests_per_minute', fullFor: 'key' },
  { limit: 'requests_per_day', fullFor: 'customer' },
  { limit: 'requests_per_week', fullFor: null },
  { limit: 'requests_per_month', fullFor: null },
  { limit: 'max_concurrent', fullFor: 'key' },
];

async function storm(world: World, token: string, submits: number): Promise<Reply[]> {
  const isolates = [world.isolate(), world.isolate(), world.isolate()];
  // They know key and model already, so that the submits meet at the gate and not on the way to it.
  await Promise.all(isolates.map((isolate) => isolate.call(`/v1/models/${TEXT_TO_VIDEO}`, { token })));
  const replies = await Promise.all(
    Array.from({ length: submits }, (_, index) => isolates[index % isolates.length]!.submit(token)),
  );
  await world.idle();
  return replies;
}

async function countersOf(subject: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    'SELECT grain, SUM(requests) AS requests FROM counters WHERE subject = ?1 GROUP BY grain',
  )
    .bind(subject)
    .all<{ grain: string; requests: number }>();
  return Object.fromEntries(results.map((row) => [row.grain, row.requests]));
}

const cases = COUNTS.flatMap(({ limit, fullFor }) =>
  SCOPES.map((scope) => ({ limit, scope, submits: scope === fullFor ? SUBMITS : FEWER_SUBMITS })),
);

test.for(cases)('G2: $limit of the $scope admits its cap of $submits', async (row, { expect }) => {
  const { limit, scope, submits } = row;
  const world = createWorld();
  const limits = { [limit]: CAP };
  const { id, keyId, token } = await world.tenant(
    scope === 'customer' ? { limits } : {},
    scope === 'key' ? { limits } : {},
  );
  const before = await countersOf('gateway');
  const open = await env.DB.prepare(
    "SELECT COUNT(*) AS n FROM jobs WHERE state IN ('reserved', 'running')",
  ).first('n');
  if (scope === 'gateway') {
    const used = limit === 'max_concurrent' ? Number(open) : (before[grainOf(limit)] ?? 0);
    await world.admin('PATCH', '/admin/settings', { limits: { [limit]: used + CAP } });
  }

  const replies = await storm(world, token, submits);

  const accepted = replies.filter((reply) => reply.status === 200);
  const refused = replies.filter((reply) => reply.status !== 200);
  expect(accepted).toHaveLength(CAP);
  expect(new Set(refused.map((reply) => `${reply.status} ${reply.body.code}`))).toEqual(
    new Set([refusalOf(limit, scope)]),
  );
  expect(world.runcomfy.accepted().count).toBe(CAP);
  expect(await booksOf(id)).toMatchObject({ jobs: CAP, states: { running: CAP }, holds: CAP, ends: 0 });
  const once = { slice: CAP, day: CAP, total: CAP };
  expect(await countersOf(id)).toEqual(once);
  expect(await countersOf(keyId)).toEqual(once);
  expect(await countersOf('gateway')).toMatchObject({ total: (before['total'] ?? 0) + CAP });

  await world.admin('PATCH', '/admin/settings', { limits: { [limit]: null } });
  expect(await differences(world)).toEqual([]);
});

function grainOf(limit: string): string {
  return limit === 'requests_per_minute' ? 'slice' : 'day';
}

function refusalOf(limit: string, scope: string): string {
  if (scope === 'gateway') {
    return '503 gateway_limit';
  }
  return limit === 'max_concurrent' ? '429 concurrency_limit' : '429 request_limit';
}

const PRICE_MICROS = 250_000;
/** Enough for 37, and most of one more. */
const MONEY_MICROS = CAP * PRICE_MICROS + 200_000;

async function microsOf(subject: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    'SELECT grain, SUM(micros) AS micros FROM counters WHERE subject = ?1 GROUP BY grain',
  )
    .bind(subject)
    .all<{ grain: string; micros: number }>();
  return Object.fromEntries(results.map((row) => [row.grain, row.micros]));
}

const moneyCases = [
  { limit: 'spend_per_day_usd', scope: 'token', submits: SUBMITS },
  { limit: 'spend_per_month_usd', scope: 'key', submits: FEWER_SUBMITS },
  { limit: 'spend_per_week_usd', scope: 'customer', submits: FEWER_SUBMITS },
  { limit: 'spend_total_usd', scope: 'customer', submits: FEWER_SUBMITS },
  { limit: 'spend_total_usd', scope: 'gateway', submits: SUBMITS },
  { limit: 'balance', scope: 'customer', submits: SUBMITS },
];

test.for(moneyCases)(
  'G2, complaint 1: money for 37 ($limit of the $scope) under $submits submits at once',
  async ({ limit, scope, submits }, { expect }) => {
    const world = createWorld();
    const limits = { [limit]: MONEY_MICROS / 1e6 };
    const isPrepaid = limit === 'balance';
    const { id, keyId, token } = await world.tenant(
      isPrepaid ? { prepaid: true } : scope === 'customer' ? { limits } : {},
      scope === 'key' ? { limits } : {},
    );
    const before = await microsOf('gateway');
    let caller = { id: keyId, token };
    if (isPrepaid) {
      const credit = { amount_usd: MONEY_MICROS / 1e6, note: 'money for 37' };
      await world.admin('POST', `/admin/customers/${id}/credits`, credit);
    } else if (scope === 'token') {
      const stored = { spend_per_day: amountOf(MONEY_MICROS)!, requests_total: 1_000_000 };
      caller = await browserToken(world, { id, keyId }, { limits: stored });
    } else if (scope === 'gateway') {
      const used = before['total'] ?? 0;
      await world.admin('PATCH', '/admin/settings', {
        limits: { [limit]: (used + MONEY_MICROS) / 1e6 },
      });
    }

    const replies = await storm(world, caller.token, submits);

    const refused = replies.filter((reply) => reply.status !== 200);
    expect(replies.length - refused.length).toBe(CAP);
    expect(new Set(refused.map((reply) => `${reply.status} ${reply.body.code}`))).toEqual(
      new Set([
        scope === 'gateway'
          ? '503 gateway_limit'
          : isPrepaid
            ? '402 insufficient_balance'
            : '402 spend_limit',
      ]),
    );
    expect(world.runcomfy.accepted().count).toBe(CAP);
    const held = CAP * PRICE_MICROS;
    expect(await booksOf(id)).toMatchObject({ jobs: CAP, holds: CAP, ends: 0, heldMicros: held });
    for (const subject of new Set([id, keyId, caller.id])) {
      expect(await microsOf(subject)).toEqual({ slice: 0, day: held, total: held });
    }
    await world.admin('PATCH', '/admin/settings', { limits: null });
    expect(await differences(world)).toEqual([]);
  },
);
