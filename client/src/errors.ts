// The errors that a call throws: the gateway refused it, nobody answered, or the job did not succeed.

import type { LimitUsage, Problem, ProblemCode, Result } from './wire.ts';

/** `no_answer`: none came whole, or none that the gateway wrote. Whether the call arrived is not known. */
export type ErrorCode = ProblemCode | 'no_answer';

export type FieldError = NonNullable<Problem['errors']>[number];

/** The gateway refused the call, or did not answer. `message` is its sentence, for people. */
export class ComfygateError extends Error {
  override readonly name = 'ComfygateError';
  /** Of HTTP; 0: there was no connection. */
  readonly status: number;
  readonly code: ErrorCode;
  /** Leads the operator to the line in the log. */
  readonly traceId: string | null;
  /** Which members of an input are wrong. */
  readonly errors: readonly FieldError[];
  /** The limit that refused: whose, how much of it is used, when it resets. */
  readonly limit: LimitUsage | null;
  /** Seconds until another try makes sense; null where time alone does not help, or nobody knows. */
  readonly retryAfter: number | null;
  /** The job that may exist in spite of the refusal (`outcome_unknown`). */
  readonly requestId: string | null;

  constructor(problem: Known | null, { status, retryAfter, cause }: Told) {
    super(problem?.detail ?? (status === 0 ? UNHEARD : unread(status)), { cause });
    this.status = status;
    this.code = problem?.code ?? 'no_answer';
    this.traceId = problem?.trace_id ?? null;
    this.errors = problem?.errors ?? [];
    this.limit = problem?.limit ?? null;
    this.retryAfter = retryAfter ?? null;
    this.requestId = problem?.request_id ?? null;
  }
}

/** The job ended, and not well: `failed`, or `cancelled`. */
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
type Told = { status: number; retryAfter?: number | null; cause?: unknown };

const UNHEARD = 'No answer of the gateway came, so that it is not known whether the call arrived.';
const unread = (status: number) => `An answer with status ${status} came that is not the gateway's.`;

/** True where the call may have taken effect although no answer came. */
export function isLost({ code, status }: ComfygateError): boolean {
  return code === 'no_answer' || status === 500;
}

/** True for a passing condition, so that the same call may work later. */
export function isPassing(error: ComfygateError): boolean {
  return isLost(error) || error.status === 429 || error.status === 503;
}
