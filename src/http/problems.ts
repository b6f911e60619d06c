// The catalogue of refusals: the status, RunComfy's number and the title of each code. docs/errors.md lists them.

import type { ProblemCode } from '../lib/problem.ts';

type Entry = {
  status: 400 | 401 | 402 | 403 | 404 | 405 | 409 | 411 | 413 | 415 | 416 | 422 | 429 | 500 | 501 | 502 | 503;
  /** RunComfy's number where its documentation has one, else the status and 001. */
  errorCode: number;
  title: string;
};

export const PROBLEMS = {
  malformed_body: { status: 400, errorCode: 400003, title: 'The body is not a JSON object' },
  invalid_parameter: { status: 400, errorCode: 400003, title: 'A parameter of the call is not valid' },
  invalid_key: { status: 401, errorCode: 400004, title: 'The API key is missing or not valid' },
  invalid_admin_token: { status: 401, errorCode: 400004, title: 'The admin token is missing or not valid' },
  session_ended: { status: 401, errorCode: 400004, title: 'The session has ended' },
  cross_site: { status: 403, errorCode: 403001, title: 'The call comes from another site' },
  insufficient_balance: { status: 402, errorCode: 400002, title: 'The prepaid balance is too low' },
  spend_limit: { status: 402, errorCode: 400002, title: 'A spend limit is reached' },
  model_not_allowed: { status: 403, errorCode: 403001, title: 'This key may not use the model' },
  lora_not_allowed: { status: 403, errorCode: 403001, title: 'This customer may not use the LoRA file' },
  read_only_token: { status: 403, errorCode: 403001, title: 'This token may only read' },
  token_not_allowed: { status: 403, errorCode: 403001, title: 'A browser token may not do this' },
  origin_not_allowed: { status: 403, errorCode: 403001, title: 'This page may not use the browser token' },
  key_in_page: { status: 403, errorCode: 403001, title: 'A secret key came from a web page' },
  customer_suspended: { status: 403, errorCode: 403001, title: 'The customer is suspended' },
  unknown_model: { status: 404, errorCode: 400001, title: 'There is no such model' },
  job_not_found: { status: 404, errorCode: 404001, title: 'There is no such request' },
  not_found: { status: 404, errorCode: 404001, title: 'There is no such object' },
  unknown_route: { status: 404, errorCode: 404001, title: 'There is no such route' },
  method_not_allowed: { status: 405, errorCode: 405001, title: 'The route does not take this method' },
  request_in_flight: {
    status: 409,
    errorCode: 409001,
    title: 'The first request with this key is in flight',
  },
  conflict: { status: 409, errorCode: 409001, title: 'The change contradicts what is stored' },
  length_required: { status: 411, errorCode: 411001, title: 'The call needs a Content-Length' },
  length_mismatch: { status: 400, errorCode: 400003, title: 'The body is not as long as its Content-Length' },
  body_too_large: { status: 413, errorCode: 413001, title: 'The body is too large' },
  unsupported_media_type: { status: 415, errorCode: 415001, title: 'The body is not plain JSON' },
  unsupported_file: { status: 415, errorCode: 415001, title: 'Files of this type are not taken' },
  range_not_satisfiable: { status: 416, errorCode: 416001, title: 'The file has no such bytes' },
  invalid_input: { status: 422, errorCode: 422001, title: 'The input breaks the schema' },
  idempotency_mismatch: {
    status: 422,
    errorCode: 422001,
    title: 'The Idempotency-Key stands for another body',
  },
  request_limit: { status: 429, errorCode: 429001, title: 'A request limit is reached' },
  concurrency_limit: { status: 429, errorCode: 429001, title: 'Too many jobs at once' },
  files_limit: { status: 429, errorCode: 429001, title: 'The room for files is used up' },
  upstream_busy: { status: 429, errorCode: 429001, title: 'RunComfy is busy' },
  internal: { status: 500, errorCode: 500001, title: 'comfygate failed' },
  files_off: { status: 501, errorCode: 500001, title: 'This gateway keeps no files' },
  outcome_unknown: { status: 502, errorCode: 500001, title: 'It is not known whether RunComfy took the job' },
  admin_closed: { status: 503, errorCode: 500001, title: 'The admin API is closed' },
  vault_closed: { status: 503, errorCode: 500001, title: 'The vault is closed' },
  misconfigured: { status: 503, errorCode: 500001, title: 'comfygate is not configured' },
  submits_off: { status: 503, errorCode: 500001, title: 'Submits are switched off' },
  gateway_limit: { status: 503, errorCode: 500001, title: 'The gateway is at its limit' },
  model_unpriced: { status: 503, errorCode: 500001, title: 'The model has no price' },
  model_unavailable: { status: 503, errorCode: 500001, title: 'The model is not available' },
  submit_timeout: { status: 503, errorCode: 500001, title: 'The submit ran out of time' },
  storage_unavailable: { status: 503, errorCode: 500001, title: 'The storage does not answer' },
  outcomes_unknown: { status: 503, errorCode: 500001, title: 'Too many outcomes are not known' },
  upstream_unavailable: { status: 503, errorCode: 500001, title: 'RunComfy is not available' },
} satisfies Record<ProblemCode, Entry>;
