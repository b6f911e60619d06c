// RunComfy's answers, read leniently (they may grow) and turned into our words. Where RunComfy's documentation
// and its clients contradict each other, both are understood. Nothing else in comfygate knows these shapes.

import { asDouble } from '../../lib/exact-json.ts';
import { roundUsd, type Micros } from '../../lib/money.ts';

/** How RunComfy says that a job ended. */
export type EndState = 'succeeded' | 'failed' | 'cancelled';

/** RunComfy's documentation and its programs have two words for it; some programs know only one of them. */
export const SUCCESS_WORDS = ['succeeded', 'completed'] as const;
export type SuccessWord = (typeof SUCCESS_WORDS)[number];

/** What /result said of the cost: nothing yet, an amount, or something that no amount can be. */
export type ReportedCost = { kind: 'absent' } | { kind: 'known'; micros: Micros } | { kind: 'invalid' };

/** What /result says of a job that ended; kept, and answered when RunComfy has forgotten it. */
export type JobResult = {
  state: EndState;
  output?: unknown;
  error?: unknown;
  input?: unknown;
  modelId?: string | undefined;
  createdAt?: string | undefined;
  finishedAt?: string | undefined;
};

/** What an answer says of a job. `ended` on /status only means that /result has something to say. */
export type UpstreamState =
  | { state: 'in_queue'; queuePosition: number | null }
  | { state: 'in_progress' }
  | { state: 'ended'; cancelled: boolean };

/** RunComfy's JSON object as it came. A member of another type than the one that we know counts as absent. */
export type Answer = Record<string, unknown>;

function textIn(body: Answer | null, member: string): string | undefined {
  const value = body?.[member];
  return typeof value === 'string' ? value : undefined;
}

/** What RunComfy calls the job, if the answer says so. */
export function upstreamIdOf(body: Answer | null): string | undefined {
  const id = body?.['request_id'];
  if (JSON.isRawJSON(id)) {
    return /^\d+$/.test(id.rawJSON) ? id.rawJSON : undefined;
  }
  return typeof id === 'number' ? String(id) : textIn(body, 'request_id');
}

/**
 * RunComfy's numeric code, if the answer carries one: in a 2xx it means failure just the same. A code of a type that
 * nobody knows is a code too: 0.
 */
export function errorCodeOf(body: Answer | null): number | null {
  const code = asDouble(body?.['error_code'] ?? null);
  if (code === null) {
    return null;
  }
  const number = typeof code === 'number' || typeof code === 'string' ? Number(code) : Number.NaN;
  return Number.isFinite(number) ? number : 0;
}

const BAD_TOKEN = 400004;

/** RunComfy does not take the token of the call. */
export function isBadToken(status: number, body: Answer | null): boolean {
  return status === 401 || errorCodeOf(body) === BAD_TOKEN;
}

/** The word on the job, in small letters; '' where there is none. */
function wordIn(body: Answer, member: 'status' | 'outcome'): string {
  return textIn(body, member)?.toLowerCase() ?? '';
}

const IN_PROGRESS: UpstreamState = { state: 'in_progress' };
const ENDED = new Set(['completed', 'succeeded', 'success', 'failed', 'error', 'cancelled', 'canceled']);

/** The state in an answer to /status or /cancel. A word that nobody knows counts as running. */
export function stateOf(body: Answer): UpstreamState {
  const word = wordIn(body, 'status');
  if (ENDED.has(word)) {
    return { state: 'ended', cancelled: word.startsWith('cancel') };
  }
  if (word === 'in_queue' || word === 'queued' || word === 'pending') {
    const position = body['queue_position'];
    return { state: 'in_queue', queuePosition: isCount(position) ? position : null };
  }
  return IN_PROGRESS;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The end that an answer to /result tells of, or null while there is none. */
export function endOf(body: Answer): JobResult | null {
  switch (wordIn(body, 'status')) {
    case 'succeeded':
    case 'success':
      return resultOf(body, 'succeeded');
    case 'completed':
      // /status says this of each end: what came with it decides.
      return endOfCompleted(body);
    case 'failed':
    case 'error':
      return resultOf(body, 'failed');
    case 'cancelled':
    case 'canceled':
      return resultOf(body, 'cancelled');
    default:
      return null;
  }
}

/** The word of an answer to /result that tells of a success. */
export function successWordOf(body: Answer): SuccessWord {
  return wordIn(body, 'status') === 'completed' ? 'completed' : 'succeeded';
}

function resultOf(body: Answer, state: EndState): JobResult {
  const { input, output, error } = body;
  return {
    state,
    ...(state === 'succeeded' ? { output } : {}),
    ...(state === 'failed' ? { error } : {}),
    ...(input === undefined ? {} : { input }),
    modelId: textIn(body, 'model_id'),
    createdAt: textIn(body, 'created_at'),
    finishedAt: textIn(body, 'finished_at'),
  };
}

/** Nothing is charged for a word alone: a success has an output, a failure an error, a cancellation its outcome. */
function endOfCompleted(body: Answer): JobResult | null {
  const { output = null, error = null } = body;
  const word = wordIn(body, 'outcome');
  if (word.startsWith('cancel')) {
    return resultOf(body, 'cancelled');
  }
  if (word === 'failed' || word === 'error' || (output === null && error !== null)) {
    return resultOf(body, 'failed');
  }
  return output === null ? null : resultOf(body, 'succeeded');
}

/** What an answer to /result says of the cost. Only a finite number of dollars, 0 or more, is one. */
export function costOf({ cost }: Answer): ReportedCost {
  if (cost === undefined || cost === null) {
    return { kind: 'absent' };
  }
  const micros = roundUsd(asDouble(cost));
  return micros === null ? { kind: 'invalid' } : { kind: 'known', micros };
}

/** Whether an answer to /cancel says that the job will not run. */
export function isCancelled(body: Answer): boolean {
  return (['outcome', 'status'] as const).some((member) => wordIn(body, member).startsWith('cancel'));
}
