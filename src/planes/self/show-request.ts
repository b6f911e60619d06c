// Renders a job for its customer: its state in RunComfy's words, and its money with the reason.

import { JOB_STATES, type JobState } from '../../features/jobs/job.ts';
import type { OwnJob } from '../../features/jobs/own-job-store.ts';
import { showInstant } from '../../http/paging.ts';
import { usd } from '../../lib/money.ts';
import type { OwnRequestView } from './request-view.ts';

type WireState = OwnRequestView['state'];

const WORDS: Record<JobState, WireState> = {
  reserved: 'in_queue',
  unconfirmed: 'in_queue',
  running: 'in_progress',
  succeeded: 'succeeded',
  failed: 'failed',
  refused: 'failed',
  lost: 'failed',
  cancelled: 'cancelled',
};

/** The stored states that RunComfy's word covers. */
export function statesOf(word: WireState): JobState[] {
  return JOB_STATES.filter((state) => WORDS[state] === word);
}

export function showRequest(job: OwnJob): OwnRequestView {
  const { chargeMicros, adjustedMicros } = job;
  return {
    request_id: job.id,
    state: WORDS[job.state],
    model_id: job.modelId,
    end_user: job.endUser === '' ? null : job.endUser,
    created_at: showInstant(job.createdAtMs),
    ended_at: showInstant(job.endedAtMs),
    hold_usd: chargeMicros === null ? usd(job.holdMicros) : 0,
    charge_usd: chargeMicros === null ? null : usd(chargeMicros),
    adjusted_usd: usd(adjustedMicros),
    explanation: explain(job) + explainAdjustment(adjustedMicros),
  };
}

function explain(job: OwnJob): string {
  const held = `Held ${usd(job.holdMicros)} USD until`;
  switch (job.state) {
    case 'reserved':
    case 'running':
      return `${held} the job ends.`;
    case 'unconfirmed':
      return `${held} it is known whether RunComfy took the job.`;
    case 'succeeded':
      return job.chargeMicros === null
        ? `${held} the charge of this success is known.`
        : explainCharge(job.chargeMicros, job.holdMicros);
    case 'failed':
      return 'Nothing was charged: the job failed.';
    case 'cancelled':
      return 'Nothing was charged: the job was cancelled.';
    case 'refused':
      return 'Nothing was charged: RunComfy refused the job.';
    case 'lost':
      return 'Nothing was charged: RunComfy lost track of the job.';
  }
}

function explainCharge(micros: number, holdMicros: number): string {
  if (micros > 0) {
    return `Charged ${usd(micros)} USD: the job succeeded.`;
  }
  return holdMicros === 0
    ? 'Nothing was charged: the job succeeded and is free.'
    : 'Nothing was charged: the job succeeded and cost nothing.';
}

function explainAdjustment(micros: number): string {
  if (micros === 0) {
    return '';
  }
  return micros > 0
    ? ` ${usd(micros)} USD was refunded later.`
    : ` ${usd(-micros)} USD was charged in addition later.`;
}
