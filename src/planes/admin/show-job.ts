// Renders jobs for the operator, who sees all of their data.

import { arithmeticOf, reasonOfCharge, timelineOf } from '../../features/jobs/account-for.ts';
import type { AdjustedJob } from '../../features/jobs/get-job.ts';
import type { Job } from '../../features/jobs/job.ts';
import { readResult } from '../../features/jobs/kept-result.ts';
import { showSnapshot } from '../../features/pricing/price-format.ts';
import type { JobResult } from '../../features/runcomfy/wire.ts';
import { cut } from '../../lib/cut.ts';
import { usd, type Micros } from '../../lib/money.ts';
import { showCredit } from './credits.ts';
import type { JobView, ResolvedJobView, WholeJobView } from './job-view.ts';
import { showInstant } from '../../http/paging.ts';

const MAX_REASON_CHARS = 300;

export function showJob(job: Job): JobView {
  return {
    id: job.id,
    customer: job.customerId,
    key: job.keyId,
    token: job.tokenId === '' ? null : job.tokenId,
    end_user: job.endUser === '' ? null : job.endUser,
    model_id: job.modelId,
    account: job.accountId,
    state: job.state,
    reason: reasonOf(job),
    upstream_id: job.upstreamId,
    trace_id: job.traceId,
    price: showSnapshot(job.price),
    markup: job.markupE4 / 10_000,
    unit_usd: usd(job.unitMicros),
    charge: job.chargeMode,
    estimate_usd: usd(job.estimateMicros),
    hold_usd: usd(job.holdMicros),
    charge_usd: showMoney(job.chargeMicros),
    cost_usd: showMoney(job.costMicros),
    cost_flag: job.costFlag,
    created_at: showInstant(job.createdAtMs),
    ended_at: showInstant(job.endedAtMs),
    settled_at: showInstant(job.settledAtMs),
  };
}

export function showWholeJob({ job, entries, adjustedMicros, adjustments }: AdjustedJob): WholeJobView {
  return {
    ...showResolvedJob(job),
    timeline: timelineOf(job),
    arithmetic: arithmeticOf(job),
    charge_reason: reasonOfCharge(job, adjustedMicros),
    ledger: entries.map(({ kind, micros, atMs }) => ({
      kind,
      amount_usd: usd(micros),
      at: showInstant(atMs),
    })),
    adjusted_usd: usd(adjustedMicros),
    adjustments: adjustments.map(showCredit),
  };
}

export function showResolvedJob(job: Job): ResolvedJobView {
  return { ...showJob(job), result: job.result === null ? null : showStored(readResult(job.result)) };
}

function reasonOf({ state, result }: Job): string | null {
  switch (state) {
    case 'refused':
      return 'RunComfy did not take the job.';
    case 'lost':
      return 'Nobody knows what became of the job.';
    case 'failed': {
      const error = result === null ? undefined : readResult(result).error;
      return cut(typeof error === 'string' ? error : (JSON.stringify(error) ?? ''), MAX_REASON_CHARS);
    }
    default:
      return null;
  }
}

/** RunComfy's result, upstream ids included. */
function showStored({ state, modelId, createdAt, finishedAt, ...rest }: JobResult) {
  return {
    status: state,
    ...rest,
    ...(modelId === undefined ? {} : { model_id: modelId }),
    ...(createdAt === undefined ? {} : { created_at: createdAt }),
    ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
  };
}

function showMoney(micros: Micros | null): number | null {
  return micros === null ? null : usd(micros);
}
