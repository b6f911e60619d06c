// RunComfy's wire format, built field by field: a field of RunComfy's response reaches the customer only if it is named
// here. RunComfy calls a job a request.

import type { EndedJob } from '../../features/jobs/job.ts';
import type { CancelView, ResultView, StatusView } from '../../features/lifecycle/poll.ts';
import type { JobId } from '../../lib/ids.ts';
import { isAboutAccount, withoutAddresses } from '../../features/runcomfy/disclosure.ts';
import { mapTexts } from '../../lib/map-texts.ts';
import { usd } from '../../lib/money.ts';
import type * as views from './views.ts';
import type { SuccessWord, UpstreamState } from '../../features/runcomfy/wire.ts';

/** The three URLs on our own origin: clients use the ones that they receive. */
function urls(origin: string, id: JobId) {
  const base = `${origin}/v1/requests/${id}`;
  return { status_url: `${base}/status`, result_url: `${base}/result`, cancel_url: `${base}/cancel` };
}

export function showSubmitted(origin: string, id: JobId): views.SubmittedView {
  return { request_id: id, ...urls(origin, id) };
}

/** /status says `completed` also for a failure: some clients stop polling only on that word. */
export function showStatus(origin: string, view: StatusView): views.StatusView {
  const { status_url, result_url } = urls(origin, view.jobId);
  const { state } = view;
  return {
    request_id: view.jobId,
    status: statusWord(state),
    ...(state.state === 'in_queue' && state.queuePosition !== null
      ? { queue_position: state.queuePosition }
      : {}),
    status_url,
    result_url,
  };
}

/** Before the job ends /result returns 200 with the status: one official client polls only /result. */
export function showResult(view: ResultView, withCost: boolean): views.ResultView {
  const { jobId, createdAtMs, ended, state } = view;
  // JSON.stringify omits undefined members.
  const created = createdAtMs === null ? undefined : new Date(createdAtMs).toISOString();
  if (ended === null) {
    const status = state.state === 'in_queue' ? 'in_queue' : 'in_progress';
    return { request_id: jobId, status, created_at: created };
  }
  const { chargeMicros } = ended;
  // The customer's charge. The operator's cost is not shown.
  const cost = withCost && chargeMicros !== null ? usd(chargeMicros) : undefined;
  return { request_id: jobId, status: resultWord(ended), cost, created_at: created, ...showEnd(view, ended) };
}

function showEnd({ jobId, upstreamId, modelId }: ResultView, ended: EndedJob): Partial<views.ResultView> {
  const { result } = ended;
  const ours = (text: string) => (upstreamId === null ? text : text.replaceAll(upstreamId, jobId));
  const words = (text: string) => withoutAddresses(ours(text));
  // RunComfy's id can be a number, and appear as one in its texts.
  const number = (digits: string) => (digits === upstreamId ? jobId : undefined);
  return {
    output: result?.state === 'succeeded' ? result.output : undefined,
    error: resultWord(ended) === 'failed' ? mapTexts(errorOf(ended), { text: words, number }) : undefined,
    model_id: result?.modelId === undefined ? undefined : (modelId ?? words(result.modelId)),
    // The customer's own input, so its addresses stay.
    input: mapTexts(result?.input, { text: ours, number }),
    ...(result?.createdAt === undefined ? {} : { created_at: words(result.createdAt) }),
    finished_at: result?.finishedAt === undefined ? undefined : words(result.finishedAt),
  };
}

export function showCancelled(view: CancelView): views.CancelledView {
  return view.cancelled
    ? { request_id: view.jobId, status: 'completed', outcome: 'cancelled' }
    : { request_id: view.jobId, status: statusWord(view.state), outcome: 'not_cancellable' };
}

function statusWord(state: UpstreamState): views.StatusView['status'] {
  if (state.state !== 'ended') {
    return state.state;
  }
  return state.cancelled ? 'cancelled' : 'completed';
}

/** A success keeps RunComfy's word: some programs stop polling only on `succeeded`, others only on `completed`. */
function resultWord({ state, successWord }: EndedJob): SuccessWord | 'failed' | 'cancelled' {
  switch (state) {
    case 'succeeded':
      return successWord ?? state;
    case 'cancelled':
      return state;
    case 'failed':
    case 'refused':
    case 'lost':
      return 'failed';
  }
}

function errorOf(ended: EndedJob): unknown {
  switch (ended.state) {
    case 'refused':
      return { code: 'refused', message: 'RunComfy refused the job. Nothing was charged.' };
    case 'lost':
      return { code: 'lost', message: 'RunComfy lost track of the job. Nothing was charged.' };
    default:
      return isAboutAccount(ended.result?.error)
        ? {
            code: 'failed',
            message: 'The job failed for a reason that only the operator can see. Nothing was charged.',
          }
        : (ended.result?.error ?? { code: 'failed', message: 'The job failed. Nothing was charged.' });
  }
}
