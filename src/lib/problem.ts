// A refusal: a stable code, a sentence for the caller, and further members of the response. Every response that is not a
// success is a Problem; http/problems.ts maps each code to its status.

export type ProblemCode =
  | 'malformed_body'
  | 'invalid_parameter'
  | 'invalid_key'
  | 'invalid_admin_token'
  | 'session_ended'
  | 'cross_site'
  | 'insufficient_balance'
  | 'spend_limit'
  | 'model_not_allowed'
  | 'lora_not_allowed'
  | 'customer_suspended'
  | 'read_only_token'
  | 'token_not_allowed'
  | 'origin_not_allowed'
  | 'key_in_page'
  | 'unknown_model'
  | 'job_not_found'
  | 'not_found'
  | 'unknown_route'
  | 'method_not_allowed'
  | 'request_in_flight'
  | 'conflict'
  | 'length_required'
  | 'length_mismatch'
  | 'body_too_large'
  | 'body_stalled'
  | 'unsupported_media_type'
  | 'unsupported_file'
  | 'range_not_satisfiable'
  | 'invalid_input'
  | 'idempotency_mismatch'
  | 'request_limit'
  | 'concurrency_limit'
  | 'rate_limited'
  | 'files_limit'
  | 'internal'
  | 'files_off'
  | 'outcome_unknown'
  | 'admin_closed'
  | 'vault_closed'
  | 'misconfigured'
  | 'submits_off'
  | 'gateway_limit'
  | 'model_unpriced'
  | 'model_unavailable'
  | 'submit_timeout'
  | 'storage_unavailable'
  | 'outcomes_unknown'
  | 'upstream_unavailable'
  | 'upstream_busy'
  | 'gateway_busy';

/** One mistake in an input: its path, the rule, the allowed values. */
type ProblemError = { path: string; rule: string; message: string; allowed?: unknown; sent?: unknown };

/** The limit that was reached, in dollars for money and as a count otherwise. */
export type ProblemLimit = {
  scope: string;
  name: string;
  max: number;
  used: number;
  left: number;
  resets_at?: string;
};

/** The use of a caller's limits, which every answer to a submit has in its headers. */
export type CallerLimits = {
  atMs: number;
  limits: ProblemLimit[];
  /** The holds of the caller's open jobs. */
  committedUsd: number;
  /** The amount that the tightest money limit or the balance leaves; null if nothing limits money. */
  remainingUsd: number | null;
};

export type ProblemExtra = {
  errors?: ProblemError[];
  limit?: ProblemLimit;
  limits?: CallerLimits;
  jobId?: string;
  /** This answer repeats the answer of an earlier submit with the same Idempotency-Key. */
  isReplay?: boolean;
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
  cause?: unknown;
};

/** The only error that features throw on purpose. `detail` is a sentence for the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extra: ProblemExtra;

  constructor(code: ProblemCode, detail: string, extra: ProblemExtra = {}) {
    super(detail, { cause: extra.cause });
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }

  /** The same refusal with the caller's limits. */
  withLimits(limits: CallerLimits): Problem {
    return new Problem(this.code, this.detail, { ...this.extra, limits });
  }
}
