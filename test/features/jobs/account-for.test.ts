// A job accounts for itself: what it says is what the books hold, in every state.

import { test } from 'vitest';
import { arithmeticOf, reasonOfCharge, timelineOf } from '../../../src/features/jobs/account-for.ts';
import type { Job } from '../../../src/features/jobs/job.ts';
import { microsOf } from '../../../src/lib/money.ts';

const AT = Date.parse('2026-03-05T12:00:00Z');
const micros = (value: number) => microsOf(value)!;

function job(fields: Partial<Job> = {}): Job {
  return {
    id: '0b8f4c2e-5f0e-4b63-9a52-0d6a0f0f8f11',
    customerId: 'cus_1',
    keyId: 'key_1',
    tokenId: '',
    endUser: '',
    modelId: 'acme/video',
    accountId: 'acct_env',
    state: 'succeeded',
    upstreamId: 'u-1',
    traceId: null,
    bodyHash: null,
    unitMicros: micros(62_500),
    estimateMicros: micros(312_500),
    holdMicros: micros(312_500),
    leastMicros: micros(0),
    addsMicros: micros(0),
    addsCostMicros: micros(0),
    chargeMode: 'estimate',
    markupE4: 12_500,
    price: { usdMicros: micros(50_000), unit: 'second', quantity: 'frames', isOwn: false },
    chargeMicros: micros(312_500),
    costMicros: micros(200_000),
    costAtMs: AT + 44_000,
    costFlag: null,
    successWord: 'succeeded',
    result: null,
    createdAtMs: AT,
    endedAtMs: AT + 43_000,
    settledAtMs: AT + 44_000,
    checkAtMs: null,
    checks: 0,
    missing: 0,
    missingSinceMs: null,
    ...fields,
  };
}

const free = { chargeMicros: micros(0) };
const open = { chargeMicros: null, endedAtMs: null, settledAtMs: null, costAtMs: null, costMicros: null };

const sentences: { is: RegExp; of: Partial<Job> }[] = [
  { of: {}, is: /^Charged \$0.3125, the estimate that was quoted/ },
  {
    of: { chargeMode: 'cost', chargeMicros: micros(250_000) },
    is: /^Charged \$0.25: what RunComfy reported/,
  },
  { of: { costFlag: 'missing', costMicros: null }, is: /^Charged \$0.3125, the estimate that was quoted/ },
  { of: { costFlag: 'invalid', costMicros: null }, is: /^Charged \$0.3125, the estimate that was quoted/ },
  {
    of: { chargeMode: 'cost', costFlag: 'missing', costMicros: null },
    is: /did not say within ten minutes/,
  },
  { of: { chargeMode: 'cost', costFlag: 'invalid', costMicros: null }, is: /is no amount/ },
  { of: { ...free, chargeMode: 'cost', costMicros: micros(0) }, is: /^Charged \$0: what RunComfy reported/ },
  {
    of: { chargeMode: 'cost', chargeMicros: null, settledAtMs: null },
    is: /^Succeeded; \$0.3125 is held until/,
  },
  { of: { ...free, estimateMicros: micros(0), holdMicros: micros(0) }, is: /because the price was 0/ },
  { of: { ...free, state: 'failed' }, is: /^Charged \$0 because the job failed at RunComfy/ },
  { of: { ...free, state: 'cancelled' }, is: /^Charged \$0 because the job was cancelled/ },
  { of: { ...free, state: 'refused' }, is: /^Charged \$0 because RunComfy did not take the job/ },
  { of: { ...free, state: 'lost' }, is: /^Charged \$0 because nobody knows/ },
  { of: { ...open, state: 'running' }, is: /\$0.3125 is held until the job ends/ },
  { of: { ...open, state: 'reserved' }, is: /\$0.3125 is held while the job is sent/ },
  { of: { ...open, state: 'unconfirmed' }, is: /\$0.3125 stays held/ },
];

test.for(sentences)('$of: $is', ({ of, is }, { expect }) => {
  expect(reasonOfCharge(job(of), 0)).toMatch(is);
});

test('adjustments are stated', ({ expect }) => {
  expect(reasonOfCharge(job(), 100_000)).toContain(' Adjustments refunded $0.1 of it.');
  expect(reasonOfCharge(job(), -50_000)).toContain(' Adjustments charged $0.05 in addition.');
});

test('each step of the arithmetic follows from the one before', ({ expect }) => {
  expect(arithmeticOf(job())).toEqual([
    { name: 'unit', sum: '0.05 per second × 1.25 (mark-up)', usd: 0.0625 },
    { name: 'estimate', sum: '0.0625 × 5', usd: 0.3125 },
    { name: 'hold', sum: 'the estimate', usd: 0.3125 },
    { name: 'charge', sum: 'the estimate', usd: 0.3125 },
  ]);
});

test('own prices, raised holds and charges by cost are named', ({ expect }) => {
  const own = job({
    unitMicros: micros(40_000),
    estimateMicros: micros(80_000),
    holdMicros: micros(160_000),
    chargeMode: 'cost',
    chargeMicros: micros(150_000),
    costMicros: micros(120_000),
    price: { usdMicros: micros(50_000), unit: 'output', holdFactorE4: 20_000, isOwn: true },
  });
  expect(arithmeticOf(own).map(({ sum }) => sum)).toEqual([
    "the customer's own price, 0.04 per output",
    '0.04 × 2',
    '0.08 × 2 (hold factor)',
    '0.12 (cost) ÷ 0.05 (list price) × 0.04 (own price)',
  ]);
});

test('quantity and factors are named where the input is known', ({ expect }) => {
  const known = job({
    price: {
      usdMicros: micros(50_000),
      unit: 'second',
      quantity: 'duration',
      factors: { resolution: { '1080p': 20_000 } },
      isOwn: false,
    },
    result: JSON.stringify({ state: 'succeeded', input: { duration: 5, resolution: '1080p' } }),
  });
  expect(arithmeticOf(known)[1]?.sum).toBe('0.0625 × 5 (duration: 5, resolution: 1080p → × 2)');
});

test('a job that is open has no charge and no end', ({ expect }) => {
  const running = job({ ...open, state: 'running' });
  expect(arithmeticOf(running).map(({ name }) => name)).toEqual(['unit', 'estimate', 'hold']);
  expect(timelineOf(running).map(({ what }) => what)).toEqual(['reserved']);
});

test('the timeline is in its order, with what RunComfy says of its own', ({ expect }) => {
  const told = job({
    result: JSON.stringify({
      state: 'succeeded',
      createdAt: '2026-03-05T12:00:01Z',
      finishedAt: '2026-03-05T12:00:40Z',
    }),
  });
  expect(timelineOf(told).map(({ what }) => what)).toEqual([
    'reserved',
    'created_upstream',
    'finished_upstream',
    'ended',
    'cost_known',
    'settled',
  ]);
  const odd = job({ result: JSON.stringify({ state: 'succeeded', createdAt: 'yesterday' }) });
  expect(timelineOf(odd)).toHaveLength(4);
});
