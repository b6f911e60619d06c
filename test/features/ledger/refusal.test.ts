// G11: of several full limits the refusal names the one that keeps the caller waiting longest, and promises no room that
// time does not bring.

import { test } from 'vitest';
import { apiName, LIMITS, type LimitName } from '../../../src/features/ledger/limits.ts';
import { showLimitUsage, type LimitUsage } from '../../../src/features/ledger/limit-usage.ts';
import { isOpen, limitProblem } from '../../../src/features/ledger/refusal.ts';
import { spendable } from '../../../src/features/ledger/spendable.ts';

/** A Thursday. */
const NOW = Date.parse('2026-03-05T12:00:00.000Z');
const DAY_SECONDS = 12 * 3_600;
const WEEK_SECONDS = DAY_SECONDS + 3 * 86_400;
const SECRET_KEY = { tokenId: '', atMs: NOW };

function full(name: LimitName | 'balance', fields: Partial<LimitUsage> = {}): LimitUsage {
  const isMinute = name !== 'balance' && LIMITS[name].window === 'minute';
  const oldestMs = isMinute ? NOW : null;
  return { scope: 'customer', name, max: 2, used: 2, adds: 1, oldestMs, ...fields };
}

const byName = (a: LimitUsage, b: LimitUsage) => (a.name < b.name ? -1 : 1);

const several: [named: LimitName | 'balance', seconds: number | undefined, limits: LimitUsage[]][] = [
  ['spend_per_week', WEEK_SECONDS, [full('spend_per_day'), full('spend_per_week')]],
  ['spend_per_month', 27 * 86_400 - DAY_SECONDS, [full('spend_per_month'), full('spend_per_week')]],
  ['spend_total', undefined, [full('spend_per_day'), full('spend_total')]],
  ['balance', undefined, [full('spend_per_day'), full('balance')]],
  ['spend_per_day', DAY_SECONDS, [full('requests_total'), full('spend_per_day')]],
  ['requests_per_week', WEEK_SECONDS, [full('requests_per_minute'), full('requests_per_week')]],
  ['requests_total', undefined, [full('requests_per_minute'), full('requests_total')]],
  ['requests_per_day', undefined, [full('requests_per_day', { max: 0, used: 0 }), full('requests_per_week')]],
  ['requests_per_minute', 70, [full('max_concurrent'), full('requests_per_minute')]],
];

test.for(several)('G11: %s keeps the caller waiting longest', ([named, seconds, limits], { expect }) => {
  const { extra, detail } = limitProblem(limits.toSorted(byName), SECRET_KEY);
  expect(extra.limit?.name).toBe(named === 'balance' ? named : apiName(named));
  expect(extra.retryAfterSeconds).toBe(seconds);
  expect(detail.includes('room again')).toBe(seconds !== undefined);
});

test('G11: the gateway waits for the limit that has room last, too', ({ expect }) => {
  const limits = [full('requests_per_day'), full('requests_per_week')];
  const { code, extra } = limitProblem(
    limits.map((limit) => ({ ...limit, scope: 'gateway' as const })),
    SECRET_KEY,
  );
  expect([code, extra.retryAfterSeconds, extra.limit]).toEqual(['gateway_limit', WEEK_SECONDS, undefined]);
});

test('G11: a call that costs more than a whole limit is promised no room', ({ expect }) => {
  const { extra, detail } = limitProblem([full('spend_per_week', { used: 0, adds: 3 })], SECRET_KEY);
  expect(extra).not.toHaveProperty('retryAfterSeconds');
  expect(extra.limit).toMatchObject({ left: 0.000002, resets_at: '2026-03-09T00:00:00.000Z' });
  expect(detail).not.toContain('room again');
});

const LIVE = {
  admitted: 0,
  key_live: 1,
  customer_active: 1,
  submits_on: 1,
  terms_hold: 1,
  customer_wait_ms: 0,
  held_micros: 0,
};
const OPEN = {
  standing: LIVE,
  accounts: { usable: 1, open: 1, waitMs: 0 },
  account: null,
  limits: [full('requests_per_day', { used: 0 })],
  heldMicros: 0,
};

test('hosts of media are asked only for a submit that the gate would admit', ({ expect }) => {
  expect(isOpen(OPEN)).toBe(true);
  const closed = [
    { ...OPEN, standing: { ...LIVE, key_live: 0 } },
    { ...OPEN, standing: { ...LIVE, customer_active: 0 } },
    { ...OPEN, standing: { ...LIVE, submits_on: 0 } },
    { ...OPEN, standing: { ...LIVE, customer_wait_ms: 1 } },
    { ...OPEN, accounts: { usable: 1, open: 0, waitMs: null } },
    { ...OPEN, limits: [full('requests_per_day')] },
  ];
  expect(closed.map(isOpen)).toEqual(closed.map(() => false));
});

test('a limit that was lowered below its use leaves nothing, and a balance below 0 is shown as it is', ({
  expect,
}) => {
  const lowered = full('spend_per_day', { max: 2, used: 5 });
  expect(showLimitUsage(lowered, NOW)).toMatchObject({ max: 0.000002, used: 0.000005, left: 0 });
  expect(spendable([lowered, full('spend_total', { max: 9, used: 1 })])).toBe(0);
  expect(spendable([full('balance', { max: -3, used: 2 })])).toBe(-5);
});
