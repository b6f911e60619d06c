// Reads RunComfy's answers leniently, because they may grow, and turns them into our own terms. If RunComfy's documentation
// and its clients contradict each other, both are accepted. Nothing else in comfygate knows these shapes.

import { asDouble } from '../../lib/exact-json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { roundUsd, type Micros } from '../../lib/money.ts';

/** The ends of a job at RunComfy. */
export type EndState = 'succeeded' | 'failed' | 'cancelled';

/** RunComfy's documentation and its programs use two words for success; some programs know only one. */
export const SUCCESS_WORDS = ['succeeded', 'completed'] as const;
export type SuccessWord = (typeof SUCCESS_WORDS)[number];

/** The cost in an answer to /result: not there yet, an amount, or a value that is not an amount. */
export type ReportedCost = { kind: 'absent' } | { kind: 'known'; micros: Micros } | { kind: 'invalid' };

/** The result of a job that ended. It is stored, and answered after RunComfy has deleted it. */
export type JobResult = {
  state: EndState;
  output?: unknown;
  error?: unknown;
  input?: unknown;
  modelId?: string | undefined;
  createdAt?: string | undefined;
  finishedAt?: string | undefined;
};

/** The state of a job in an answer. `ended` on /status only means that /result has the result. */
export type UpstreamState =
  | { state: 'in_queue'; queuePosition: number | null }
  | { state: 'in_progress' }
  | { state: 'ended'; cancelled: boolean };

/** RunComfy's JSON object as it came. A member of an unexpected type counts as absent. */
export type Answer = JsonObject;

function textIn(body: Answer | null, member: string): string | undefined {
  const value = body?.[member];
  return typeof value === 'string' ? value : undefined;
}

/** RunComfy's id of the job, if the answer has one. */
export function upstreamIdOf(body: Answer | null): string | undefined {
  const id = body?.['request_id'];
  if (JSON.isRawJSON(id)) {
    return /^\d+$/.test(id.rawJSON) ? id.rawJSON : undefined;
  }
  return typeof id === 'number' ? String(id) : textIn(body, 'request_id');
}

/** RunComfy's error code, if the answer has one: it means failure in a 2xx too. A code of an unknown type counts as 0. */
export function errorCodeOf(body: Answer | null): number | null {
  const code = asDouble(body?.['error_code'] ?? null);
  if (code === null) {
    return null;
  }
  const number = typeof code === 'number' || typeof code === 'string' ? Number(code) : Number.NaN;
  return Number.isFinite(number) ? number : 0;
}

const BAD_TOKEN = 400004;

/** RunComfy refused the token of the call. */
export function isBadToken(status: number, body: Answer | null): boolean {
  return status === 401 || errorCodeOf(body) === BAD_TOKEN;
}

/** The state word in lower case; '' if there is none. */
function wordIn(body: Answer, member: 'status' | 'outcome'): string {
  return textIn(body, member)?.toLowerCase() ?? '';
}

const IN_PROGRESS: UpstreamState = { state: 'in_progress' };
const ENDED = new Set(['completed', 'succeeded', 'success', 'failed', 'error', 'cancelled', 'canceled']);

/** The state in an answer to /status or /cancel. An unknown word counts as running. */
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

/** The end in an answer to /result; null: the job has not ended. */
export function endOf(body: Answer): JobResult | null {
  switch (wordIn(body, 'status')) {
    case 'succeeded':
    case 'success':
      return resultOf(body, 'succeeded');
    case 'completed':
      // Every end may be called so; the other members decide.
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

/** The word with which an answer to /result reports success. */
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

/** The word alone proves nothing: a success has an output, a failure an error, a cancellation its outcome. */
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

/** The cost in an answer to /result. It is valid only as a finite number of dollars, 0 or more. */
export function costOf({ cost }: Answer): ReportedCost {
  if (cost === undefined || cost === null) {
    return { kind: 'absent' };
  }
  const micros = roundUsd(asDouble(cost));
  return micros === null ? { kind: 'invalid' } : { kind: 'known', micros };
}

/** True if an answer to /cancel says that the job will not run. */
export function isCancelled(body: Answer): boolean {
  return (['outcome', 'status'] as const).some((member) => wordIn(body, member).startsWith('cancel'));
}
