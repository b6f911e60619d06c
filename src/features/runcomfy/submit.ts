// The one paid call. It is sent once and never repeated: RunComfy has no idempotency, so after anything but a
// definite refusal the job may be running and may cost money.

import type { ProblemCode } from '../../lib/problem.ts';
import type { Account, Upstream, UpstreamAnswer } from './client.ts';
import { complaintsOf, shownComplaints, type Complaint } from './complaint.ts';
import { isAboutAccount } from './disclosure.ts';
import { errorCodeOf, upstreamIdOf, type Answer } from './wire.ts';

export type SubmitOutcome =
  | { kind: 'accepted'; upstreamId: string }
  | {
      kind: 'refused';
      code: UpstreamRefusal;
      status: number;
      /** What RunComfy says of the input, for the customer. */
      complaints: Complaint[];
      alarm: boolean;
      /** Why the account takes no job at all, if that was it. */
      stop: AccountStop | null;
      /** For how long RunComfy asks to be left alone. */
      retryAfterSeconds: number;
    }
  | { kind: 'unknown'; status: number | null };

type AccountStop = 'no_balance' | 'bad_token';
type UpstreamRefusal = Extract<
  ProblemCode,
  'invalid_input' | 'upstream_unavailable' | 'upstream_busy' | 'model_unavailable'
>;

/** A 4xx after which the job may run all the same: time-out, conflict, too early, client closed request. */
const INDEFINITE = new Set([408, 409, 425, 499]);

/** Posts the customer's bytes as they came and says what is known afterwards. Never throws. */
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
  const told = { kind: 'refused' as const, status, retryAfterSeconds, ...refusalOf(status, errorCode) };
  return told.code === 'invalid_input' ? { ...told, ...complaintsIn(body) } : { ...told, complaints: [] };
}

/** What RunComfy says of the input is for the customer; should it speak of the account, the operator is told instead. */
function complaintsIn(body: Answer | null): { complaints: Complaint[]; alarm: boolean } {
  const all = complaintsOf(body);
  return {
    complaints: shownComplaints(all, body),
    alarm: all.some(({ message }) => isAboutAccount(message)),
  };
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

/** The alphabet that RunComfy's own clients insist on; the id becomes part of a URL. */
function isUpstreamId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(text);
}

const UNAVAILABLE = { code: 'upstream_unavailable', alarm: true, stop: null } as const;
/** RunComfy limits how fast jobs come in: nothing is wrong with the account, and a client knows what to do. */
const BUSY = { code: 'upstream_busy', alarm: false, stop: null } as const;

/** By RunComfy's code first, then by the status. All but a bad input and haste is the operator's concern. */
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
