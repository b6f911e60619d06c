// The faults, for the control API and for prompts. A rule says which calls a fault strikes, and how often or for how long;
// without either it never ends.
import { z } from 'zod';

const ENDPOINTS = ['submit', 'status', 'result', 'cancel', 'models', 'balance'] as const;
export const Endpoint = z.enum(ENDPOINTS);
export type Endpoint = z.infer<typeof Endpoint>;

export const FaultKind = z.enum([
  'delay',
  'silence',
  'silence_before',
  'cut',
  'cut_before',
  'status',
  'html',
  'ok_error',
  'not_ready',
  'unknown_state',
  'word',
  'forget',
  'redirect',
  'no_balance',
  'bad_token',
  'garbage',
  'no_id',
  'nan',
  'validation',
  'redis_lock',
  'fail',
  'slow',
]);
export type FaultKind = z.infer<typeof FaultKind>;

export const Fault = z.strictObject({
  kind: FaultKind,
  /** delay, slow: milliseconds. */
  ms: z.number().min(0).optional(),
  /** status, html: the HTTP status. */
  status: z.int().min(200).max(599).optional(),
  /** status: the seconds of Retry-After; a 429 has 1 by default. */
  retry_after: z.number().optional(),
  /** status, html, ok_error: the call is carried out before (a submit is accepted). */
  accept: z.boolean().optional(),
  error_code: z.number().optional(),
  error_message: z.string().optional(),
  /** word: the state word to show. */
  word: z.string().optional(),
  /** redirect: where to. */
  to: z.string().optional(),
  /** fail: the `error` of the failed result. validation: the `detail`. */
  error: z.unknown().optional(),
});
export type Fault = z.infer<typeof Fault>;

export const FaultRule = z.strictObject({
  /** reads: status and result. */
  on: z.enum([...ENDPOINTS, 'reads', 'any']),
  fault: Fault,
  /** Strikes only calls of this account: `main`, or a name in the settings' `accounts`. */
  account: z.string().optional(),
  times: z.int().min(1).optional(),
  /** Strikes every call until so many milliseconds after it was planned. */
  for_ms: z.number().positive().optional(),
});
export type FaultRule = z.infer<typeof FaultRule>;

/** A rule with the instant at which it ends. */
export const PlannedFault = FaultRule.omit({ for_ms: true }).extend({ until_ms: z.number().optional() });
export type PlannedFault = z.infer<typeof PlannedFault>;

export function planned({ for_ms, ...rule }: FaultRule, nowMs: number): PlannedFault {
  return for_ms === undefined ? rule : { ...rule, until_ms: nowMs + for_ms };
}

export const FAULT_TEXT: Record<FaultKind, string> = {
  delay: 'answers after that many milliseconds (=3000)',
  silence: 'does what was asked, then never answers',
  silence_before: 'does nothing and never answers',
  cut: 'does what was asked (the job is accepted and counted), then the connection dies',
  cut_before: 'the connection dies and nothing is accepted',
  status: 'answers with that HTTP status (=503); a bare number means the same: 429, 500, 502 …',
  html: 'an HTML page instead of JSON, with that status (=502, else 200)',
  ok_error: 'HTTP 200 with error_code and error_message; a submit is not accepted',
  not_ready: '400 with error_code 400005, as if the result were not ready',
  unknown_state: 'the state word "warming_up", which no documentation knows',
  word: 'any state word (=succeeded)',
  forget: '404 with error_code 404001; on a submit: accepted, then unknown to every read',
  redirect: '302 to another host',
  no_balance: '400 with error_code 400002',
  bad_token: '400 with error_code 400004',
  garbage: 'the JSON of the answer, cut in half',
  no_id: 'the JSON of the answer without request_id',
  nan: 'Python’s NaN and Infinity bare in the JSON of the answer, in `output` if there is one',
  validation: '422 as FastAPI writes it: a `detail` with paths and nothing else; nothing is accepted',
  redis_lock: 'the words “Redis lock timeout” with that status (=500); nothing is accepted',
  fail: 'the job will end failed (=why)',
  slow: 'the job takes that many milliseconds to run (=60000)',
};

/** `account` undefined: the token is unknown. */
type Call = { endpoint: Endpoint; nowMs: number; account: string | undefined };

/** Takes only the first rule that strikes, so that a test can plan one fault for each call. */
export function takeFault(rules: PlannedFault[], call: Call): Fault | undefined {
  const rule = rules.find((one) => strikes(one, call));
  return rule && useUp(rules, rule);
}

export function takeAllFaults(rules: PlannedFault[], call: Call): Fault[] {
  return rules.filter((one) => strikes(one, call)).map((rule) => useUp(rules, rule));
}

function strikes({ on, account, until_ms: untilMs }: PlannedFault, call: Call): boolean {
  const { endpoint, nowMs } = call;
  const isRead = endpoint === 'status' || endpoint === 'result';
  const isEndpoint = on === endpoint || on === 'any' || (on === 'reads' && isRead);
  const isAccount = account === undefined || account === call.account;
  return isEndpoint && isAccount && (untilMs === undefined || nowMs < untilMs);
}

function useUp(rules: PlannedFault[], rule: PlannedFault): Fault {
  if (rule.times === 1) {
    rules.splice(rules.indexOf(rule), 1);
  } else if (rule.times !== undefined) {
    rule.times -= 1;
  }
  return rule.fault;
}
