// What the operator books by hand: credits, and adjustments, which are credits about a job. In the end nobody pays
// less than nothing for a job, nor more than was held for it. Pure.

import type { JobId } from '../../lib/ids.ts';
import { usd, type Micros } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';

export type Credit = {
  customerId: string;
  /** Negative takes money back. */
  micros: Micros;
  note: string;
  /** Set for an adjustment: the job that it corrects, one of this customer's. */
  jobId: JobId | null;
  /** Books an adjustment that the job's money does not bear. */
  force: boolean;
  /** A second credit of the customer with the same key books nothing. */
  idempotencyKey: string | null;
};

/** A credit as it stands in the books. */
export type Booked = {
  /** `op_…` */
  id: string;
  micros: Micros;
  /** Null: it has been erased. */
  note: string | null;
  jobId: string | null;
  atMs: number;
};

export type JobMoney = {
  holdMicros: Micros;
  /** Null: the job is not settled. */
  chargeMicros: Micros | null;
  /** The sum of the adjustments so far. */
  adjustedMicros: number;
};

/** Why the job's money does not bear this adjustment; null if it does. The store's SQL decides by the same rule. */
export function adjustmentRefusal({ jobId, micros, force }: Credit, money: JobMoney): Problem | null {
  const { holdMicros, chargeMicros, adjustedMicros } = money;
  if (force) {
    return null;
  }
  if (chargeMicros === null) {
    return new Problem(
      'conflict',
      `The job ${jobId} is not settled: nothing was charged that could be adjusted. Wait for its end; force: true books it all the same.`,
    );
  }
  const { name, max, used, maxIs, usedIs, asks } =
    micros < 0
      ? {
          name: 'hold_usd',
          max: holdMicros,
          used: chargeMicros - adjustedMicros,
          maxIs: 'held',
          usedIs: 'paid after adjustments',
          asks: 'takes',
        }
      : {
          name: 'charge_usd',
          max: chargeMicros,
          used: adjustedMicros,
          maxIs: 'charged',
          usedIs: 'given back by adjustments',
          asks: 'gives back',
        };
  const left = Math.max(0, max - used);
  if (Math.abs(micros) <= max - used) {
    return null;
  }
  return new Problem(
    'conflict',
    `${name} of the job ${jobId}: ${usd(max)} USD ${maxIs}, ${usd(used)} ${usedIs}, ${usd(left)} left. This one ${asks} ${usd(Math.abs(micros))} USD; force: true books it all the same.`,
    { limit: { scope: 'job', name, max: usd(max), used: usd(used), left: usd(left) } },
  );
}
