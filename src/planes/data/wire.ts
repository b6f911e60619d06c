// RunComfy's wire format, built field by field from what we know: nothing of an upstream answer passes unless it
// is named here. On the wire a job is a «request».

import type { EndedJob } from '../../features/jobs/job.ts';
import type { CancelView, ResultView, StatusView } from '../../features/lifecycle/poll.ts';
import type { JobId } from '../../lib/ids.ts';
import { isAboutAccount, withoutAddresses } from '../../features/runcomfy/disclosure.ts';
import { mapTexts } from '../../lib/map-texts.ts';
import { usd } from '../../lib/money.ts';
import type * as views from './views.ts';
import type { SuccessWord, UpstreamState } from '../../features/runcomfy/wire.ts';

/** The three URLs on our own origin: clients fetch the result from the one they were given. */
function urls(origin: string, id: JobId) {
  const base = `${origin}/v1/requests/${id}`;
  return { status_url: `${base}/status`, result_url: `${base}/result`, cancel_url: `${base}/cancel` };
}

export function showSubmitted(origin: string, id: JobId): views.SubmittedView {
  return { request_id: id, ...urls(origin, id) };
}

/** /status knows `completed` also for a failure: some clients stop on that word only. */
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

/** Before the end /result is a 200 with the current state: one official client polls nothing else. */
export function showResult(view: ResultView, withCost: boolean): views.ResultView {
  const { jobId, createdAtMs, ended, state } = view;
  // What is undefined is not in the JSON.
  const created = createdAtMs === null ? undefined : new Date(createdAtMs).toISOString();
  if (ended === null) {
    const status = state.state === 'in_queue' ? 'in_queue' : 'in_progress';
    return { request_id: jobId, status, created_at: created };
  }
  const { chargeMicros } = ended;
  // What this customer pays; what the operator pays for it stays inside.
  const cost = withCost && chargeMicros !== null ? usd(chargeMicros) : undefined;
  return { request_id: jobId, status: resultWord(ended), cost, created_at: created, ...showEnd(view, ended) };
}

function showEnd({ jobId, upstreamId, modelId }: ResultView, ended: EndedJob): Partial<views.ResultView> {
  const { result } = ended;
  const ours = (text: string) => (upstreamId === null ? text : text.replaceAll(upstreamId, jobId));
  const words = (text: string) => withoutAddresses(ours(text));
  // RunComfy's id may be a number, and stand as one in what it says.
  const number = (digits: string) => (digits === upstreamId ? jobId : undefined);
  return {
    output: result?.state === 'succeeded' ? result.output : undefined,
    error: resultWord(ended) === 'failed' ? mapTexts(errorOf(ended), { text: words, number }) : undefined,
    model_id: result?.modelId === undefined ? undefined : (modelId ?? words(result.modelId)),
    // The customer's own, addresses and all.
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

/** A success in RunComfy's own word: some programs stop polling on `succeeded` only, others on `completed` only. */
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
            message: 'The job failed for a reason that only the operator may see. Nothing was charged.',
          }
        : (ended.result?.error ?? { code: 'failed', message: 'The job failed. Nothing was charged.' });
  }
}
