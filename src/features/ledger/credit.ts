// Money that the operator books by hand: credits, and adjustments, which are credits about a job. After all adjustments a
// customer pays at least nothing for a job, and at most its hold. Pure.

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
  /** Books an adjustment that exceeds the job's money. */
  force: boolean;
  /** A second credit of the customer with the same key books nothing. */
  idempotencyKey: string | null;
};

/** A credit as it was booked. */
export type Booked = {
  /** `op_…` */
  id: string;
  micros: Micros;
  /** Null: the note was erased. */
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

/** Refuses an adjustment that exceeds the job's money; null if it does not. The store's SQL applies the same rule. */
export function adjustmentRefusal({ jobId, micros, force }: Credit, money: JobMoney): Problem | null {
  const { holdMicros, chargeMicros, adjustedMicros } = money;
  if (force) {
    return null;
  }
  if (chargeMicros === null) {
    return new Problem(
      'conflict',
      `The job ${jobId} is not settled, so there is no charge to adjust. Wait for its end, or book it anyway with force: true.`,
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
          usedIs: 'refunded by adjustments',
          asks: 'refunds',
        };
  const left = Math.max(0, max - used);
  if (Math.abs(micros) <= max - used) {
    return null;
  }
  return new Problem(
    'conflict',
    `${name} of the job ${jobId}: ${usd(max)} USD ${maxIs}, ${usd(used)} ${usedIs}, ${usd(left)} left. This one ${asks} ${usd(Math.abs(micros))} USD. force: true books it anyway.`,
    { limit: { scope: 'job', name, max: usd(max), used: usd(used), left: usd(left) } },
  );
}
