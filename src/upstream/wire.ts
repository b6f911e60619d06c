// RunComfy's answers, read leniently (they may grow) and turned into our words. Where RunComfy's documentation
// and its clients contradict each other, both are understood. Nothing else in comfygate knows these shapes.

import type { JobResult, ReportedCost } from '../jobs/job.ts';
import { isJsonObject } from '../lib/json.ts';
import { roundUsd } from '../lib/money.ts';

/** What an answer says of a job. `ended` on /status only means that /result has something to say. */
export type UpstreamState =
  | { state: 'in_queue'; queuePosition: number | null }
  | { state: 'in_progress' }
  | { state: 'ended'; cancelled: boolean };

/** The members that we know, each of them absent where it is of another type; all others as they came. */
export type Answer = {
  request_id?: string | undefined;
  status?: string | undefined;
  outcome?: string | undefined;
  queue_position?: number | undefined;
  output?: unknown;
  error?: unknown;
  input?: unknown;
  cost?: unknown;
  model_id?: string | undefined;
  created_at?: string | undefined;
  finished_at?: string | undefined;
  error_code?: number | string | null | undefined;
  error_message?: string | undefined;
  [member: string]: unknown;
};

/** What RunComfy answered, or null if it is no JSON object. By hand: zod would be a third of a poll's own CPU. */
export function readAnswer(value: unknown): Answer | null {
  if (!isJsonObject(value)) {
    return null;
  }
  const { request_id: id, queue_position: position } = value;
  return {
    ...value,
    request_id: textOf(typeof id === 'number' && Number.isFinite(id) ? String(id) : id),
    status: textOf(value['status']),
    outcome: textOf(value['outcome']),
    queue_position: typeof position === 'number' && isCount(position) ? position : undefined,
    model_id: textOf(value['model_id']),
    created_at: textOf(value['created_at']),
    finished_at: textOf(value['finished_at']),
    error_code: codeOf(value['error_code']),
    error_message: textOf(value['error_message']),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** A code of a type that nobody knows is a code all the same. */
function codeOf(value: unknown): number | string | null | undefined {
  const isKnown =
    value === undefined || value === null || typeof value === 'number' || typeof value === 'string';
  return isKnown ? value : 'unreadable';
}

/** RunComfy's numeric code, if the answer carries one: in a 2xx it means failure just the same. */
export function errorCodeOf(body: Answer | null): number | null {
  const code = body?.error_code ?? null;
  if (code === null) {
    return null;
  }
  const number = Number(code);
  return Number.isFinite(number) ? number : 0;
}

const IN_PROGRESS: UpstreamState = { state: 'in_progress' };
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
  return IN_PROGRESS;
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
