// RunComfy's answers, read leniently (they may grow) and turned into our words. Where RunComfy's documentation
// and its clients contradict each other, both are understood. Nothing else in comfygate knows these shapes.

import * as z from 'zod/mini';
import type { JobResult, ReportedCost } from '../jobs/job.ts';
import { roundUsd } from '../lib/money.ts';

/** What an answer says of a job. `ended` on /status only means that /result has something to say. */
export type UpstreamState =
  | { state: 'in_queue'; queuePosition: number | null }
  | { state: 'in_progress' }
  | { state: 'ended'; cancelled: boolean };

const maybeText = z.catch(z.optional(z.string()), undefined);

export const answer = z.looseObject({
  request_id: z.catch(z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))), undefined),
  status: maybeText,
  outcome: maybeText,
  queue_position: z.catch(z.optional(z.int().check(z.minimum(0))), undefined),
  output: z.optional(z.unknown()),
  error: z.optional(z.unknown()),
  input: z.optional(z.unknown()),
  cost: z.optional(z.unknown()),
  model_id: maybeText,
  created_at: maybeText,
  finished_at: maybeText,
  error_code: z.catch(z.nullish(z.union([z.number(), z.string()])), 'unreadable'),
  error_message: maybeText,
});

export type Answer = z.infer<typeof answer>;

/** RunComfy's numeric code, if the answer carries one: in a 2xx it means failure just the same. */
export function errorCodeOf(body: Answer | null): number | null {
  const code = body?.error_code ?? null;
  if (code === null) {
    return null;
  }
  const number = Number(code);
  return Number.isFinite(number) ? number : 0;
}

const ENDED = new Set(['completed', 'succeeded', 'success', 'failed', 'error', 'cancelled', 'canceled']);

/** The state in an answer to /status or /cancel. A word that nobody knows counts as running. */
export function stateOf(body: Answer): UpstreamState {
  const word = body.status?.toLowerCase() ?? '';
  if (ENDED.has(word)) {
    return { state: 'ended', cancelled: word.startsWith('cancel') };
  }
  if (word === 'in_queue' || word === 'queued' || word === 'pending') {
    return { state: 'in_queue', queuePosition: body.queue_position ?? null };
  }
  return { state: 'in_progress' };
}

/** The end that an answer to /result tells of, or null while there is none. */
export function endOf(body: Answer): JobResult | null {
  const word = body.status?.toLowerCase() ?? '';
  const common = {
    ...(body.input === undefined ? {} : { input: body.input }),
    modelId: body.model_id,
    createdAt: body.created_at,
    finishedAt: body.finished_at,
  };
  switch (word) {
    case 'succeeded':
    case 'success':
      return { state: 'succeeded', output: body.output, ...common };
    case 'completed':
      // Only older clients expect this word here: what came with it decides.
      return endOfCompleted(body, common);
    case 'failed':
    case 'error':
      return { state: 'failed', error: body.error, ...common };
    case 'cancelled':
    case 'canceled':
      return { state: 'cancelled', ...common };
    default:
      return null;
  }
}

/** Nothing is charged for a word alone: a success has an output, a failure an error, a cancellation its outcome. */
function endOfCompleted(
  { outcome, output, error }: Answer,
  common: Omit<JobResult, 'state'>,
): JobResult | null {
  const word = outcome?.toLowerCase() ?? '';
  if (word.startsWith('cancel')) {
    return { state: 'cancelled', ...common };
  }
  const hasOutput = output !== undefined && output !== null;
  if (word === 'failed' || word === 'error' || (!hasOutput && error !== undefined && error !== null)) {
    return { state: 'failed', error, ...common };
  }
  return hasOutput ? { state: 'succeeded', output, ...common } : null;
}

/** What an answer to /result says of the cost. Only a finite number of dollars, 0 or more, is one. */
export function costOf({ cost }: Answer): ReportedCost {
  if (cost === undefined || cost === null) {
    return { kind: 'absent' };
  }
  const micros = roundUsd(cost);
  return micros === null ? { kind: 'invalid' } : { kind: 'known', micros };
}

/** Whether an answer to /cancel says that the job will not run. */
export function isCancelled(body: Answer): boolean {
  return [body.outcome, body.status].some((word) => word?.toLowerCase().startsWith('cancel') ?? false);
}
