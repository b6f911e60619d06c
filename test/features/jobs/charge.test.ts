// The charge of an ended job: the rule, and half a million operations compared with a reference ledger.

import * as fc from 'fast-check';
import { test } from 'vitest';
import { quote, type ChargeMode, type Price, type Quote } from '../../../src/features/pricing/price.ts';
import { chargeFor, type Job } from '../../../src/features/jobs/job.ts';
import type { EndState, ReportedCost } from '../../../src/features/runcomfy/wire.ts';
import { microsOf, parseUsd, usd } from '../../../src/lib/money.ts';
import { jobOn } from '../../support/job-on.ts';
import { randomOf, type Random } from '../../support/random.ts';

const micros = (value: number) => microsOf(value)!;
const known = (value: number): ReportedCost => ({ kind: 'known', micros: micros(value) });
const ABSENT: ReportedCost = { kind: 'absent' };
const INVALID: ReportedCost = { kind: 'invalid' };

/** Estimated at 0.05 USD, 0.1 held, at a mark-up of 1.5. */
const byCost = jobOn({
  chargeMode: 'cost',
  estimateMicros: micros(50_000),
  holdMicros: micros(100_000),
  markupE4: 15_000,
});
const byEstimate = jobOn({ ...byCost, chargeMode: 'estimate', holdMicros: micros(50_000) });

const ranged = (terms: Partial<Job>) =>
  jobOn({ ...byCost, holdMicros: micros(1_200_000), estimateMicros: micros(1_200_000), ...terms });
/** From 0.3 to 1.2 USD, at a mark-up of 1.5. */
const range = ranged({ leastMicros: micros(300_000) });
const listed = (usdMicros: number, isOwn: boolean): Partial<Job> => ({
  price: { usdMicros: micros(usdMicros), unit: 'second', maxQuantityE3: 30_000, isOwn },
});
/** 0.05 a second at list price, 0.02 of the customer's own, up to 60 seconds, and 0.09 for items that cost 0.06. */
const own = ranged({
  ...listed(50_000, true),
  unitMicros: micros(20_000),
  leastMicros: micros(90_000),
  addsMicros: micros(90_000),
  addsCostMicros: micros(60_000),
});

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
  ['of a range: cost × mark-up', range, { cost: known(400_000) }, 600_000, null],
  ['of a range: the least of it', range, { cost: known(1) }, 300_000, null],
  ['of a range: the least for a cost of 0', range, { cost: known(0) }, 300_000, null],
  ['of a range: the hold', range, { cost: known(800_001) }, 1_200_000, null],
  ['of a range: nothing while the cost is awaited', range, { cost: ABSENT }, null, null],
  ['of a range: the estimate for no cost', range, { cost: ABSENT, isLate: true }, 1_200_000, 'missing'],
  ['of a range: the estimate for nonsense', range, { cost: INVALID }, 1_200_000, 'invalid'],
  ['of a range: a failure is free', range, { state: 'failed', cost: known(400_000) }, 0, null],
  // (0.56 − 0.06) ÷ 0.05 are 10 seconds, at 0.02, and 0.09.
  ['at an own price: the quantity that the cost implies', own, { cost: known(560_000) }, 290_000, null],
  ['at an own price: half a micro-dollar rounds up', own, { cost: known(60_002) }, 90_001, null],
  ['at an own price: less than the items cost is no quantity', own, { cost: known(20_000) }, 90_000, null],
  ['a quantity is never below 0', { ...own, leastMicros: micros(0) }, { cost: known(20_000) }, 90_000, null],
  ['at an own price: the hold', own, { cost: known(9_000_000) }, 1_200_000, null],
  ['at an own price: the estimate for no cost', own, { cost: ABSENT, isLate: true }, 1_200_000, 'missing'],
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

const LIST = { markupE4: 10_000, ownUnitMicros: null };

/** A customer's terms for one model, as the catalogue has them. */
type Shop = { price: Price; charge: ChargeMode; markupE4: number; own: number | null; schema: object };

function aShop(random: Random): Shop {
  return {
    price: {
      usdMicros: micros(random.int(0, 10 ** random.int(0, 9))),
      unit: random.pick(['output', 'second', 'minute']),
      ...random.pick<Partial<Price>>([
        { quantity: 'n' },
        { quantity: 'open' },
        { maxQuantityE3: random.int(1, 20_000) },
        { quantity: 'n', maxQuantityE3: random.int(1, 20_000) },
      ]),
      adds: random.chance(0.4)
        ? [{ input: 'refs', usdMicros: micros(random.int(0, 10 ** random.int(0, 6))) }]
        : [],
      factors: { tier: { high: random.int(0, 100_000) } },
      holdFactorE4: random.int(10_000, 40_000),
    },
    charge: random.pick(['estimate', 'cost']),
    markupE4: random.pick([0, 1, 9_999, 10_000, 12_500, 33_333, 1_000_000]),
    own: random.chance(0.3) ? random.int(0, 10 ** random.int(0, 9)) : null,
    schema: { properties: { open: { minimum: random.int(1, 5), maximum: random.int(5, 20) } } },
  };
}

function sell(shop: Shop, input: Record<string, unknown>): Quote | null {
  const { price, charge, markupE4, own: ownMicros, schema } = shop;
  const terms = { markupE4, ownUnitMicros: ownMicros === null ? null : micros(ownMicros) };
  const quoted = quote({ price, charge, schema: { ...schema } }, terms, input);
  return quoted.kind === 'priced' ? quoted : null;
}

const theJob = ({ charge, terms, price, leastMicros, ...amounts }: Quote): Job =>
  jobOn({
    chargeMode: charge,
    markupE4: terms.markupE4,
    price: { ...price, isOwn: terms.ownUnitMicros !== null },
    leastMicros: micros(leastMicros),
    ...amounts,
  });

type End = { state: EndState; cost: ReportedCost; isLate: boolean };

/** The reference charge, in exact integers. */
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
  const counted = BigInt(cost.micros) - BigInt(job.addsCostMicros);
  const marked =
    job.price?.isOwn === true
      ? BigInt(job.addsMicros) +
        halfUp((counted < 0n ? 0n : counted) * BigInt(job.unitMicros), BigInt(job.price.usdMicros))
      : halfUp(BigInt(cost.micros) * BigInt(job.markupE4), 10_000n);
  const raised = marked < BigInt(job.leastMicros) ? BigInt(job.leastMicros) : marked;
  return raised < BigInt(job.holdMicros) ? raised : BigInt(job.holdMicros);
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
          const input = {
            ...(random.chance(0.8) ? { n: random.int(0, 20_000) / 1000 } : {}),
            tier: random.pick(['high', 'low']),
            refs: Array(random.int(0, 5)).fill('a'),
          };
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

test('a range costs as much as a known quantity would have cost, to half a micro-dollar', ({ expect }) => {
  const wrong: unknown[] = [];
  let compared = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const seconds = random.int(1, 60);
      const refs = Array(random.int(0, 4)).fill('a');
      const markupE4 = random.pick([0, 3_333, 10_000, 12_500, 1_000_000]);
      const price: Price = {
        usdMicros: micros(random.int(1, 10 ** random.int(1, 7))),
        unit: random.pick(['second', 'minute']),
        quantity: 'seconds',
        maxQuantityE3: 60_000,
        adds: [{ input: 'refs', usdMicros: micros(random.int(0, 100_000)) }],
      };
      const atList = quote({ price, charge: 'estimate', schema: {} }, LIST, { seconds, refs });
      const ownUnitMicros = random.chance(0.5) ? micros(random.int(0, 10 ** random.int(1, 7))) : null;
      const terms = { markupE4, ownUnitMicros };
      const told = quote({ price, charge: 'estimate', schema: {} }, terms, { seconds, refs });
      const open = quote({ price, charge: 'estimate', schema: {} }, terms, { refs });
      if (atList.kind !== 'priced' || told.kind !== 'priced' || open.kind !== 'priced') {
        return;
      }
      const end = { state: 'succeeded', cost: known(atList.estimateMicros), isLate: false } as const;
      const charged = chargeFor(theJob(open), end).chargeMicros ?? -1;
      const { usdMicros } = price;
      // Of the cost, half a micro-dollar is rounding; so is half of one of the unit for each second, and of each item.
      const times = Math.max(markupE4 / 10_000, (ownUnitMicros ?? 0) / usdMicros);
      const slack = ownUnitMicros === null ? seconds / 2 + refs.length / 2 + times / 2 + 1 : times / 2 + 1;
      compared += 1;
      if (open.charge === 'cost' && Math.abs(charged - told.estimateMicros) > slack) {
        wrong.push({ seed, seconds, refs: refs.length, price, terms, charged, told: told.estimateMicros });
      }
    }),
    { numRuns: 20_000, seed: 21 },
  );
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(compared).toBeGreaterThan(15_000);
});

test('n jobs cost n times the amount that was shown', ({ expect }) => {
  const wrong: unknown[] = [];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const made = aShop(random);
      const price = { ...made.price, quantity: 'n', maxQuantityE3: undefined };
      const shop = { ...made, charge: 'estimate' as const, price };
      const input = { n: random.int(1, 9_999) / 1000, tier: 'high' };
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
