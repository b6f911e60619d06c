// What an end costs the customer: the rule, and half a million operations on a ledger kept on paper beside it.

import * as fc from 'fast-check';
import { test } from 'vitest';
import { quote, type ChargeMode, type Price, type Quote } from '../../../src/features/pricing/price.ts';
import { chargeFor, type Job } from '../../../src/features/jobs/job.ts';
import type { EndState, ReportedCost } from '../../../src/features/runcomfy/wire.ts';
import { microsOf, parseUsd, usd } from '../../../src/lib/money.ts';
import { randomOf, type Random } from '../../support/random.ts';

const micros = (value: number) => microsOf(value)!;
const known = (value: number): ReportedCost => ({ kind: 'known', micros: micros(value) });
const ABSENT: ReportedCost = { kind: 'absent' };
const INVALID: ReportedCost = { kind: 'invalid' };

type Terms = Pick<Job, 'chargeMode' | 'estimateMicros' | 'holdMicros' | 'markupE4'>;

function jobOn(terms: Terms): Job {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    customerId: 'cus_1',
    keyId: 'key_1',
    tokenId: '',
    endUser: '',
    modelId: 'acme/model',
    accountId: 'acct_1',
    state: 'running',
    upstreamId: 'up',
    traceId: null,
    bodyHash: null,
    unitMicros: terms.estimateMicros,
    price: null,
    chargeMicros: null,
    costMicros: null,
    costAtMs: null,
    costFlag: null,
    successWord: null,
    result: null,
    createdAtMs: 0,
    endedAtMs: null,
    settledAtMs: null,
    checkAtMs: null,
    checks: 0,
    missing: 0,
    missingSinceMs: null,
    ...terms,
  };
}

/** Estimated at 0.05 USD, 0.1 held, at a mark-up of 1.5. */
const byCost = jobOn({
  chargeMode: 'cost',
  estimateMicros: micros(50_000),
  holdMicros: micros(100_000),
  markupE4: 15_000,
});
const byEstimate = jobOn({ ...byCost, chargeMode: 'estimate', holdMicros: micros(50_000) });

type Case = [
  what: string,
  job: Job,
  end: { state?: EndState; cost: ReportedCost; isLate?: boolean },
  charge: number | null,
  flag: 'missing' | 'invalid' | null,
];
const cases: Case[] = [
  ['the estimate, whatever the cost', byEstimate, { cost: known(1) }, 50_000, null],
  ['the estimate, however large the cost', byEstimate, { cost: known(9_000_000) }, 50_000, null],
  ['the estimate at once, without a cost', byEstimate, { cost: ABSENT }, 50_000, null],
  ['the estimate, the cost never came', byEstimate, { cost: ABSENT, isLate: true }, 50_000, 'missing'],
  ['the estimate, the cost is none', byEstimate, { cost: INVALID }, 50_000, 'invalid'],
  ['cost × mark-up', byCost, { cost: known(20_000) }, 30_000, null],
  ['half a micro-dollar rounds up', byCost, { cost: known(1) }, 2, null],
  ['a cost of 0 is free', byCost, { cost: known(0) }, 0, null],
  ['the hold to the micro-dollar', byCost, { cost: known(66_666) }, 99_999, null],
  ['the hold at most', byCost, { cost: known(66_667) }, 100_000, null],
  ['the hold, for a cost beyond all amounts', byCost, { cost: known(1e15) }, 100_000, null],
  ['nothing yet while the cost is awaited', byCost, { cost: ABSENT }, null, null],
  ['the estimate where the cost never came', byCost, { cost: ABSENT, isLate: true }, 50_000, 'missing'],
  ['the estimate where the cost is none', byCost, { cost: INVALID }, 50_000, 'invalid'],
  ['a cost that came late counts', byCost, { cost: known(20_000), isLate: true }, 30_000, null],
  ['a failure is free', byCost, { state: 'failed', cost: known(20_000) }, 0, null],
  ['a cancelled job is free', byCost, { state: 'cancelled', cost: known(20_000) }, 0, null],
  ['a failure is free by estimate too', byEstimate, { state: 'failed', cost: ABSENT }, 0, null],
  ['a failure without a cost waits for none', byCost, { state: 'failed', cost: ABSENT }, 0, null],
  ['a failure with a broken cost has no flag', byCost, { state: 'failed', cost: INVALID }, 0, null],
];

test.for(cases)('charged: %s', ([, job, end, chargeMicros, flag], { expect }) => {
  expect(chargeFor(job, { state: 'succeeded', isLate: false, ...end })).toEqual({ chargeMicros, flag });
});

test('a mark-up of 0 charges nothing by cost, and one of 100 the hold at most', ({ expect }) => {
  const end = { state: 'succeeded', cost: known(1_000), isLate: false } as const;
  expect(chargeFor({ ...byCost, markupE4: 0 }, end).chargeMicros).toBe(0);
  expect(chargeFor({ ...byCost, markupE4: 1_000_000 }, end).chargeMicros).toBe(100_000);
  expect(chargeFor({ ...byCost, markupE4: 1_000_000 }, { ...end, cost: known(999) }).chargeMicros).toBe(
    99_900,
  );
});

/** Rounded half up by the remainder, as money.ts does not. */
function halfUp(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  return 2n * (numerator - whole * denominator) >= denominator ? whole + 1n : whole;
}

/** A customer's terms for one model, as the catalogue has them. */
type Shop = { price: Price; charge: ChargeMode; markupE4: number; own: number | null };

function aShop(random: Random): Shop {
  return {
    price: {
      usdMicros: micros(random.int(0, 10 ** random.int(0, 9))),
      unit: 'output',
      quantity: 'n',
      factors: { tier: { high: random.int(0, 100_000) } },
      holdFactorE4: random.int(10_000, 40_000),
    },
    charge: random.pick(['estimate', 'cost']),
    markupE4: random.pick([0, 1, 9_999, 10_000, 12_500, 33_333, 1_000_000]),
    own: random.chance(0.3) ? random.int(0, 10 ** random.int(0, 9)) : null,
  };
}

function sell({ price, charge, markupE4, own }: Shop, input: Record<string, unknown>): Quote | null {
  const terms = { markupE4, ownUnitMicros: own === null ? null : micros(own) };
  const quoted = quote({ price, charge, schema: {} }, terms, input);
  return quoted.kind === 'priced' ? quoted : null;
}

const theJob = ({ charge, estimateMicros, holdMicros, terms }: Quote): Job =>
  jobOn({ chargeMode: charge, estimateMicros, holdMicros, markupE4: terms.markupE4 });

type End = { state: EndState; cost: ReportedCost; isLate: boolean };

/** What an end has to be charged as: the reference, in exact integers. */
function owed(job: Job, { state, cost, isLate }: End): bigint | null {
  if (state !== 'succeeded') {
    return 0n;
  }
  const isEstimate =
    job.chargeMode === 'estimate' || cost.kind === 'invalid' || (cost.kind === 'absent' && isLate);
  if (isEstimate) {
    return BigInt(job.estimateMicros);
  }
  if (cost.kind !== 'known') {
    return null;
  }
  const marked = halfUp(BigInt(cost.micros) * BigInt(job.markupE4), 10_000n);
  return marked < BigInt(job.holdMicros) ? marked : BigInt(job.holdMicros);
}

/** The books of one prepaid customer, on paper: every entry by its sign. */
type Paper = { credits: bigint; charges: bigint; holds: bigint; balance: bigint };

function aCost(random: Random): ReportedCost {
  return random.pick([
    known(random.int(0, 10 ** random.int(0, 15))),
    known(random.int(0, 100)),
    ABSENT,
    INVALID,
  ]);
}

test('500,000 operations: no charge above its hold, and none makes or loses a micro-dollar', ({ expect }) => {
  const wrong: unknown[] = [];
  const counts = { submitted: 0, refused: 0, charged: 0, released: 0, waited: 0, credited: 0 };
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const shops = Array.from({ length: 5 }, () => aShop(random));
      const paper: Paper = { credits: 0n, charges: 0n, holds: 0n, balance: 0n };
      const open: Job[] = [];
      let shown = 0n;
      const check = (what: string, isRight: boolean, about?: unknown) => {
        if (!isRight) {
          wrong.push({ seed, what, about, paper: { ...paper } });
        }
      };
      const operations: Record<string, () => void> = {
        // A credit, or an adjustment in either direction, which never takes what is held.
        credit() {
          const most = Number(paper.balance - paper.holds);
          const amount = random.chance(0.3) ? -random.int(0, most) : random.int(0, 10 ** random.int(0, 10));
          paper.credits += BigInt(amount);
          paper.balance += BigInt(amount);
          counts.credited += 1;
        },
        submit() {
          const input = { n: random.int(0, 20_000) / 1000, tier: random.pick(['high', 'low']) };
          const quoted = sell(random.pick(shops), input);
          if (quoted === null || BigInt(quoted.holdMicros) > paper.balance - paper.holds) {
            counts.refused += 1;
            return;
          }
          const { leastMicros, estimateMicros, holdMicros } = quoted;
          check(
            'least ≤ estimate ≤ hold',
            leastMicros <= estimateMicros && estimateMicros <= holdMicros,
            quoted,
          );
          open.push(theJob(quoted));
          paper.holds += BigInt(holdMicros);
          counts.submitted += 1;
        },
        end() {
          const at = random.int(0, open.length - 1);
          const job = open[at];
          if (job === undefined) {
            return;
          }
          const state = random.pick(['succeeded', 'succeeded', 'failed', 'cancelled'] as const);
          const [cost, isLate] = [aCost(random), random.chance(0.5)];
          const due = chargeFor(job, { state, cost, isLate });
          const wanted = owed(job, { state, cost, isLate });
          check('what is owed', due.chargeMicros === (wanted === null ? null : Number(wanted)), {
            job,
            cost,
            due,
          });
          if (due.chargeMicros === null) {
            counts.waited += 1;
            return;
          }
          check('charge ≤ hold', due.chargeMicros >= 0 && due.chargeMicros <= job.holdMicros, { job, due });
          open.splice(at, 1);
          paper.holds -= BigInt(job.holdMicros);
          paper.charges += BigInt(due.chargeMicros);
          paper.balance -= BigInt(due.chargeMicros);
          shown += BigInt(parseUsd(JSON.parse(JSON.stringify(usd(due.chargeMicros)))) ?? -1);
          counts[due.chargeMicros > 0 ? 'charged' : 'released'] += 1;
        },
      };
      for (let n = 0; n < 1_000; n += 1) {
        operations[random.pick(['credit', 'submit', 'submit', 'end', 'end'])]?.();
        const held = paper.holds;
        check('balance = credits − charges', paper.balance === paper.credits - paper.charges);
        check('what is available is never below 0', paper.balance - held >= 0n && held >= 0n);
      }
      check('open holds', paper.holds === open.reduce((sum, job) => sum + BigInt(job.holdMicros), 0n));
      check('the customer was shown what the books took', shown === paper.charges, { shown });
    }),
    { numRuns: 500, seed: 16 },
  );
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(1_000);
});

test('n jobs cost n times the amount that was shown', ({ expect }) => {
  const wrong: unknown[] = [];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const shop = { ...aShop(random), charge: 'estimate' as const };
      const input = { n: random.int(0, 9_999) / 1000, tier: 'high' };
      const first = sell(shop, input);
      if (first === null) {
        return;
      }
      const n = random.int(1, 500);
      let total = 0n;
      for (let job = 0; job < n; job += 1) {
        const end = { state: 'succeeded', cost: aCost(random), isLate: false } as const;
        total += BigInt(chargeFor(theJob(sell(shop, input) ?? first), end).chargeMicros ?? -1);
      }
      const shown = JSON.parse(JSON.stringify(usd(first.estimateMicros)));
      if (total !== BigInt(n) * BigInt(parseUsd(shown) ?? -1)) {
        wrong.push({ seed, n, shown, total });
      }
    }),
    { numRuns: 200, seed: 17 },
  );
  expect(wrong).toEqual([]);
});
