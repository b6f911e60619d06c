// A job explains itself: its timeline, the arithmetic of its amounts, and the reason for its charge. Pure.

import { usd, type Micros } from '../../lib/money.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Job } from './job.ts';
import { readResult } from './kept-result.ts';

type Event = 'reserved' | 'created_upstream' | 'finished_upstream' | 'ended' | 'cost_known' | 'settled';

/** `at` is ISO 8601; RunComfy's instants keep its spelling. */
export type Moment = { what: Event; at: string };

/** One step of the arithmetic: the written sum and its result. */
export type Step = { name: 'unit' | 'estimate' | 'hold' | 'charge'; sum: string; usd: number };

/** The events of the job, in their order. */
export function timelineOf(job: Job): Moment[] {
  const { createdAtMs, endedAtMs, costAtMs, settledAtMs } = job;
  const result = job.result === null ? null : readResult(job.result);
  const own: [Event, number | null][] = [
    ['reserved', createdAtMs],
    ['ended', endedAtMs],
    ['cost_known', costAtMs],
    ['settled', settledAtMs],
  ];
  const upstream: [Event, string | undefined][] = [
    ['created_upstream', result?.createdAt],
    ['finished_upstream', result?.finishedAt],
  ];
  const moments = [
    ...own.flatMap(([what, ms]) => (ms === null ? [] : [{ what, at: new Date(ms).toISOString(), ms }])),
    ...upstream.flatMap(([what, at = '']) => {
      const ms = Date.parse(at);
      return Number.isNaN(ms) ? [] : [{ what, at, ms }];
    }),
  ];
  const order: Event[] = [
    'reserved',
    'created_upstream',
    'finished_upstream',
    'ended',
    'cost_known',
    'settled',
  ];
  const placed = moments.toSorted(
    (one, other) => one.ms - other.ms || order.indexOf(one.what) - order.indexOf(other.what),
  );
  return placed.map(({ what, at }) => ({ what, at }));
}

/** The steps from the list price to the charge, each with its numbers. */
export function arithmeticOf(job: Job): Step[] {
  const { price, unitMicros, estimateMicros, holdMicros, chargeMicros } = job;
  const steps: Step[] = [];
  if (price !== null) {
    const sum = price.isOwn
      ? `the customer's own price, ${usd(unitMicros)} per ${price.unit}`
      : `${usd(price.usdMicros)} per ${price.unit} × ${job.markupE4 / 10_000} (mark-up)`;
    steps.push({ name: 'unit', sum, usd: usd(unitMicros) });
  }
  const adds = job.addsMicros === 0 ? '' : ` + ${usd(job.addsMicros)} (items of lists)`;
  const estimate = `${usd(unitMicros)} × ${timesOf(job)}${adds}`;
  steps.push({ name: 'estimate', sum: estimate, usd: usd(estimateMicros) });
  const factor = (price?.holdFactorE4 ?? 10_000) / 10_000;
  const isRaised = holdMicros !== estimateMicros;
  const hold = isRaised ? `${usd(estimateMicros)} × ${factor} (hold factor)` : 'the estimate';
  steps.push({ name: 'hold', sum: hold, usd: usd(holdMicros) });
  if (chargeMicros !== null) {
    steps.push({ name: 'charge', sum: chargeSum(job), usd: usd(chargeMicros) });
  }
  return steps;
}

/** Quantity and factors: by name where the input is known, else their product. */
function timesOf({ unitMicros, estimateMicros, addsMicros, price, result }: Job): string {
  const input = result === null ? undefined : readResult(result).input;
  const parts = isJsonObject(input) && price !== null ? partsOf(price, input) : [];
  const times = unitMicros === 0 ? 0 : Number(((estimateMicros - addsMicros) / unitMicros).toFixed(6));
  return parts.length === 0 ? `${times}` : `${times} (${parts.join(', ')})`;
}

function partsOf(
  { quantity, factors = {} }: NonNullable<Job['price']>,
  input: Record<string, unknown>,
): string[] {
  const names = [...(quantity === undefined ? [] : [quantity]), ...Object.keys(factors)];
  return names.map((name) => {
    const value = input[name];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const factor = isPlain ? factors[name]?.[String(value)] : undefined;
    const times = factor === undefined ? '' : ` → × ${factor / 10_000}`;
    return `${name}: ${isPlain ? String(value) : 'by default'}${times}`;
  });
}

function chargeSum(job: Job): string {
  const { state, chargeMode, costFlag, costMicros, markupE4, holdMicros, leastMicros, chargeMicros } = job;
  if (state !== 'succeeded') {
    return 'nothing: only success costs';
  }
  if (chargeMode === 'estimate' || costFlag !== null || costMicros === null) {
    return 'the estimate';
  }
  const least = chargeMicros === leastMicros ? `, at least ${usd(leastMicros)}` : '';
  const cap = chargeMicros === holdMicros ? `, at most the hold` : least;
  return job.price?.isOwn === true
    ? `${ownSum(job, job.price.usdMicros, costMicros)}${cap}`
    : `${usd(costMicros)} (cost) × ${markupE4 / 10_000} (mark-up)${cap}`;
}

/** The charge by the quantity that the cost implies, at the customer's own price. */
function ownSum({ unitMicros, addsMicros, addsCostMicros }: Job, listMicros: Micros, cost: Micros): string {
  const counted =
    addsCostMicros === 0 ? `${usd(cost)} (cost)` : `(${usd(cost)} (cost) − ${usd(addsCostMicros)})`;
  const plus = addsMicros === 0 ? '' : ` + ${usd(addsMicros)} (items of lists)`;
  return `${counted} ÷ ${usd(listMicros)} (list price) × ${usd(unitMicros)} (own price)${plus}`;
}

/** Why the job was charged what it was, in one sentence. */
export function reasonOfCharge(job: Job, adjustedMicros: number): string {
  return `${sentenceOf(job)}${sentenceOfAdjustments(adjustedMicros)}`;
}

/** Positive: the customer got money back. */
function sentenceOfAdjustments(micros: number): string {
  if (micros === 0) {
    return '';
  }
  return micros > 0
    ? ` Adjustments refunded $${usd(micros)} of it.`
    : ` Adjustments charged $${usd(-micros)} in addition.`;
}

function sentenceOf(job: Job): string {
  const { state, chargeMicros, holdMicros } = job;
  const held = `$${usd(holdMicros)}`;
  switch (state) {
    case 'reserved':
      return `Nothing is charged yet: ${held} is held while the job is sent.`;
    case 'running':
      return `Nothing is charged yet: ${held} is held until the job ends.`;
    case 'unconfirmed':
      return `Nothing is charged yet: nobody knows whether RunComfy took the job, and ${held} stays held.`;
    case 'refused':
      return 'Charged $0 because RunComfy did not take the job.';
    case 'lost':
      return 'Charged $0 because nobody knows what became of the job. If RunComfy ran it, you paid for it.';
    case 'failed':
      return 'Charged $0 because the job failed at RunComfy.';
    case 'cancelled':
      return 'Charged $0 because the job was cancelled before it ended.';
    case 'succeeded':
      return chargeMicros === null
        ? `Succeeded; ${held} is held until RunComfy says what the job cost, ten minutes at most.`
        : `Charged $${usd(chargeMicros)}${whyOf(job)}`;
  }
}

function whyOf({ costFlag, chargeMode, estimateMicros, price }: Job): string {
  if (estimateMicros === 0) {
    return ' because the price was 0 when the job was submitted.';
  }
  if (chargeMode === 'estimate') {
    return ', the estimate that was quoted before the job was sent.';
  }
  switch (costFlag) {
    case 'missing':
      return ', the estimate, because RunComfy did not say within ten minutes what the job cost.';
    case 'invalid':
      return ', the estimate, because what RunComfy said of the cost is no amount.';
    case null:
      return price?.isOwn === true
        ? ": the quantity that RunComfy's cost implies, at the customer's own price, and never more than the hold."
        : ': what RunComfy reported, times the mark-up, and never more than the hold.';
  }
}
