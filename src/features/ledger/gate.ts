// The gate: the one function that decides if a submit may spend. Its store is one D1 batch today; when one D1 is no longer
// enough, a Durable Object per customer takes its place behind this same function.

import type { Runtime } from '../../runtime.ts';
import { beforePost, canPost, type SubmitTime } from '../jobs/submit-time.ts';
import { reasonOf } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { closeUnpaid, disownLater } from './close-unpaid.ts';
import { isOpen, isOutdated, refusal } from './refusal.ts';
import type { SealedAccount } from '../accounts/open.ts';
import type { LimitReport } from './limit-usage.ts';
import type { NewJob } from './new-job.ts';
import { placeHold, readGate, readPlaced, type GateRecord } from './store.ts';

/**
 * `admitted`: the hold is written; `report` counts it in, and `account` is the one to send the job with. `repeated`: another
 * submit with this Idempotency-Key was first, and nothing was written. `outdated`: the caller's terms have changed since
 * the order was priced, and nothing was written.
 */
export type Reserved =
  | { kind: 'admitted'; report: LimitReport; account: SealedAccount }
  | { kind: 'repeated' }
  | { kind: 'outdated' };

/** `judged` is the gate's own answer; the rest is read from the rows, which may leave it unknown. */
type Placed = { kind: 'judged'; record: GateRecord } | Reserved | { kind: 'unknown'; error: unknown };

/**
 * Reserves the hold, or throws the Problem that says which limit refused and why.
 *
 * A batch without an answer (an error, a time-out) may have been applied, may never be, and may yet be, so:
 * - The rows show whose hold it is, never the text of an error: with both indexes violated SQLite names one of them.
 * - It is repeated once with the same job id. Whichever of the two is applied first, the other one fails on the job's
 *   id, on its hold, or on the Idempotency-Key, and changes nothing.
 * - A submit that ends up without the row sends nothing and marks the job in KV: the cron releases a hold that is applied
 *   after that.
 */
export async function reserve(deps: Runtime, time: SubmitTime, job: NewJob): Promise<Reserved> {
  const first = await place(deps, time, job);
  const placed = first.kind === 'unknown' && canPost(time) ? await place(deps, time, job) : first;
  const { jobId } = job;
  switch (placed.kind) {
    case 'judged': {
      const { record } = placed;
      if (record.account !== null) {
        return { kind: 'admitted', report: record, account: record.account };
      }
      if (placed === first && isOutdated(record)) {
        return { kind: 'outdated' };
      }
      const problem = refuse(deps, record, job);
      if (placed !== first) {
        disownLater(deps, time, { jobId, reason: problem.code });
      }
      throw problem;
    }
    case 'repeated':
      disownLater(deps, time, { jobId, reason: 'request_in_flight' });
      return placed;
    case 'outdated':
    case 'admitted':
      return placed;
    case 'unknown': {
      deps.log.error('gate_unknown', { job: jobId, reason: reasonOf(placed.error) });
      const code = 'storage_unavailable';
      await closeUnpaid(deps, time, { jobId, mark: { end: 'unsent', reason: code }, isPlaced: false });
      throw new Problem(code, 'The storage did not answer, so nothing was sent or spent. Try again.', {
        retryAfterSeconds: 5,
        cause: placed.error,
      });
    }
  }
}

/** One batch. After an error the rows are read; if they show neither this job nor its twin, the outcome is unknown. */
async function place(deps: Runtime, time: SubmitTime, job: NewJob): Promise<Placed> {
  try {
    return { kind: 'judged', record: await beforePost(time, () => placeHold(deps.db, job)) };
  } catch (error) {
    deps.log.warn('gate_unanswered', { job: job.jobId, reason: reasonOf(error) });
    const found = await beforePost(time, () => readPlaced(deps.db, job)).catch(() => null);
    switch (found?.row) {
      case 'ours':
        return { kind: 'admitted', report: found.report, account: found.account };
      case 'twin':
        return { kind: 'repeated' };
      default:
        return { kind: 'unknown', error };
    }
  }
}

/**
 * Throws as `reserve` would, and takes nothing: for work that only a caller with room may cause. A caller whose terms have
 * changed passes: `reserve` answers `outdated`.
 */
export async function requireRoom(deps: Runtime, job: NewJob): Promise<void> {
  const record = await readGate(deps.db, job);
  if (!isOutdated(record) && !isOpen(record)) {
    throw refuse(deps, record, job);
  }
}

function refuse({ log }: Runtime, record: GateRecord, job: NewJob): Problem {
  const problem = refusal(record, job);
  if (problem.code === 'upstream_unavailable' && record.accounts.usable === 0) {
    // The customer reads the usual sentence; the operator has to add an account.
    log.error('no_account', { customer: job.customerId });
  }
  return problem;
}
