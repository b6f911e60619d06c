// The one call that costs money. It is sent once and never repeated: RunComfy has no idempotency, so after anything but a
// definite refusal the job may be running.

import type { ProblemCode } from '../../lib/problem.ts';
import type { Account, Upstream, UpstreamAnswer } from './client.ts';
import { complaintsOf, shownComplaints, type Complaint } from './complaint.ts';
import { isAboutAccount } from './disclosure.ts';
import { errorCodeOf, upstreamIdOf } from './wire.ts';

export type SubmitOutcome =
  | { kind: 'accepted'; upstreamId: string }
  | {
      kind: 'refused';
      code: UpstreamRefusal;
      status: number;
      /** RunComfy's complaints about the input, for the customer. */
      complaints: Complaint[];
      alarm: boolean;
      /** Why the account takes no jobs; null: the refusal was not about the account. */
      stop: AccountStop | null;
      /** The pause that RunComfy asks for. */
      retryAfterSeconds: number;
    }
  | { kind: 'unknown'; status: number | null };

type AccountStop = 'no_balance' | 'bad_token';
type UpstreamRefusal = Extract<
  ProblemCode,
  'invalid_input' | 'upstream_unavailable' | 'upstream_busy' | 'model_unavailable'
>;

/** A 4xx after which the job may still run: time-out, conflict, too early, client closed request. */
const INDEFINITE = new Set([408, 409, 425, 499]);

/** Posts the customer's bytes unchanged, and returns what is known afterwards. Never throws. */
export async function submitUpstream(
  upstream: Upstream,
  account: Account,
  input: { modelId: string; body: Uint8Array; timeoutMs: number },
): Promise<SubmitOutcome> {
  const sent = await upstream.call({
    account,
    method: 'POST',
    path: `/v1/models/${input.modelId}`,
    body: input.body,
    timeoutMs: input.timeoutMs,
    exact: true,
  });
  return classify(sent);
}

function classify(sent: UpstreamAnswer): SubmitOutcome {
  if (sent.kind === 'silent') {
    return { kind: 'unknown', status: null };
  }
  const { status, body, retryAfterSeconds } = sent;
  const isSuccess = status >= 200 && status < 300;
  const upstreamId = upstreamIdOf(body);
  const errorCode = errorCodeOf(body);
  if (isSuccess && upstreamId !== undefined && isUpstreamId(upstreamId)) {
    return { kind: 'accepted', upstreamId };
  }
  if (!isDefiniteRefusal({ status, upstreamId, errorCode })) {
    return { kind: 'unknown', status };
  }
  const refusal = { kind: 'refused' as const, status, retryAfterSeconds, ...refusalOf(status, errorCode) };
  if (refusal.code !== 'invalid_input') {
    return { ...refusal, complaints: [] };
  }
  const complaints = complaintsOf(body);
  // A complaint about the operator's account is for the operator.
  const alarm = complaints.some(({ message }) => isAboutAccount(message));
  return { ...refusal, complaints: shownComplaints(complaints, body), alarm };
}

function isDefiniteRefusal(answer: {
  status: number;
  upstreamId: string | undefined;
  errorCode: number | null;
}): boolean {
  const { status, upstreamId, errorCode } = answer;
  return status >= 200 && status < 300
    ? upstreamId === undefined && errorCode !== null
    : status >= 400 && status < 500 && !INDEFINITE.has(status);
}

/** RunComfy's own clients insist on this alphabet; the id becomes part of a URL. */
function isUpstreamId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(text);
}

const UNAVAILABLE = { code: 'upstream_unavailable', alarm: true, stop: null } as const;
/** RunComfy limits the rate of submits: the account is fine, and clients know how to retry. */
const BUSY = { code: 'upstream_busy', alarm: false, stop: null } as const;

/** Decided by RunComfy's code first, then by the status. The operator is alerted unless it is a bad input or a rate limit. */
function refusalOf(
  status: number,
  errorCode: number | null,
): { code: UpstreamRefusal; alarm: boolean; stop: AccountStop | null } {
  switch (errorCode) {
    case 400001:
      return { code: 'model_unavailable', alarm: true, stop: null };
    case 400002:
      return { ...UNAVAILABLE, stop: 'no_balance' };
    case 400004:
      return { ...UNAVAILABLE, stop: 'bad_token' };
    case 422001:
      return { code: 'invalid_input', alarm: false, stop: null };
    case 429001:
      return BUSY;
    default:
  }
  switch (status) {
    case 401:
      return { ...UNAVAILABLE, stop: 'bad_token' };
    case 402:
      return { ...UNAVAILABLE, stop: 'no_balance' };
    case 404:
      return { code: 'model_unavailable', alarm: true, stop: null };
    case 400:
    case 413:
    case 415:
    case 422:
      return { code: 'invalid_input', alarm: false, stop: null };
    case 429:
      return BUSY;
    default:
      return UNAVAILABLE;
  }
}
