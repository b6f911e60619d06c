// The errors of a call: a refusal, no answer, or a job that did not succeed.

import type { LimitUsage, Problem, ProblemCode, Result } from './wire.ts';

/**
 * `no_answer`: no complete answer of the gateway arrived. Nobody knows if the gateway got the call. `no_token`: `credentials`
 * failed, so nothing was sent; its error is the `cause`.
 */
export type ErrorCode = ProblemCode | 'no_answer' | 'no_token';

export type FieldError = NonNullable<Problem['errors']>[number];

/** The gateway refused the call or did not answer. `message` is a sentence for people. */
export class ComfygateError extends Error {
  override readonly name = 'ComfygateError';
  /** The HTTP status; 0 without a connection. */
  readonly status: number;
  readonly code: ErrorCode;
  /** The id with which the operator finds the line in the log. */
  readonly traceId: string | null;
  /** The invalid members of an input. */
  readonly errors: readonly FieldError[];
  /** The limit that refused the call: its scope, its use, the time of its reset. */
  readonly limit: LimitUsage | null;
  /** Seconds until another try makes sense; null if waiting does not help or the time is not known. */
  readonly retryAfter: number | null;
  /** The id of the job that may exist despite the error (`outcome_unknown`). */
  readonly requestId: string | null;

  constructor(problem: Known | null, { status, retryAfter, cause, noToken }: Received) {
    const { detail, code } = problem ?? withoutAnswer(status, noToken);
    super(detail, { cause });
    this.status = status;
    this.code = code;
    this.traceId = problem?.trace_id ?? null;
    this.errors = problem?.errors ?? [];
    this.limit = problem?.limit ?? null;
    this.retryAfter = retryAfter ?? null;
    this.requestId = problem?.request_id ?? null;
  }
}

/** The job failed or was cancelled. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly status: 'failed' | 'cancelled';
  readonly requestId: string;
  readonly result: Result;

  constructor(status: 'failed' | 'cancelled', result: Result) {
    super(typeof result.error === 'string' ? result.error : `The job was ${status}.`);
    this.status = status;
    this.requestId = result.request_id;
    this.result = result;
  }
}

type Known = Omit<Problem, 'code'> & { code: ProblemCode };
/** `noToken`: the sentence of an error without a token. */
type Received = { status: number; retryAfter?: number | null; cause?: unknown; noToken?: string };

const NO_ANSWER = 'The gateway did not answer. It may have received the call.';
const foreignAnswer = (status: number) => `The answer with status ${status} is not from the gateway.`;

function withoutAnswer(status: number, noToken: string | undefined): { detail: string; code: ErrorCode } {
  return noToken === undefined
    ? { detail: status === 0 ? NO_ANSWER : foreignAnswer(status), code: 'no_answer' }
    : { detail: noToken, code: 'no_token' };
}

/** True if the call may have taken effect without an answer. */
export function isLost({ code, status }: ComfygateError): boolean {
  return code === 'no_answer' || status === 500;
}

/** True for a temporary condition: the same call may work later. */
export function isPassing(error: ComfygateError): boolean {
  return isLost(error) || error.code === 'no_token' || error.status === 429 || error.status === 503;
}
