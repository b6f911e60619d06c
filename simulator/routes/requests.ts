// GET /v1/requests/{id}/status and /result, POST /v1/requests/{id}/cancel. /status says `completed` for a failed job too; only
// /result has the end.
import { REFUSALS, refuse } from '../answers.ts';
import { parseExact } from '../exact.ts';
import type { Endpoint } from '../fault.ts';
import type { End, Job, Progress } from '../job.ts';
import { outputOf } from '../output.ts';
import { serve } from '../serve.ts';
import { originFor, progressNow, saveJob, urlsOf, type Simulation } from '../simulation.ts';
import { isYes } from '../spelling.ts';

type Read = { sim: Simulation; request: Request; job: Job; progress: Progress };

export function requestStatus(sim: Simulation, request: Request, id: string): Promise<Response> {
  return serveJob({ sim, request, id, endpoint: 'status' }, ({ job, progress }) => {
    const { status_url, result_url } = urlsOf(sim, request, job.id);
    const queue = progress.state === 'in_queue' ? { queue_position: progress.queuePosition } : {};
    return Response.json({
      request_id: job.id,
      status: statusWord(progress),
      ...queue,
      status_url,
      result_url,
    });
  });
}

export function requestResult(sim: Simulation, request: Request, id: string): Promise<Response> {
  return serveJob({ sim, request, id, endpoint: 'result' }, ({ job, progress }) =>
    Response.json({
      request_id: job.id,
      status: progress.state === 'succeeded' ? sim.settings.success_word : progress.state,
      ...(sim.settings.echo_input ? { model_id: job.modelId, input: parseExact(job.bodyText) } : {}),
      ...('end' in progress ? endFields({ sim, request, job, progress }, progress.end) : {}),
      created_at: new Date(job.createdAtMs).toISOString(),
    }),
  );
}

/** Only a queued job can be cancelled; the documented `status` beside the outcome is `completed`. */
export function requestCancel(sim: Simulation, request: Request, id: string): Promise<Response> {
  return serveJob({ sim, request, id, endpoint: 'cancel' }, ({ job, progress }) => {
    if (progress.state !== 'in_queue') {
      const body = { request_id: job.id, status: statusWord(progress), outcome: 'not_cancellable' };
      return Response.json(body, { status: 202 });
    }
    saveJob(sim, { ...job, end: { as: 'cancelled', atMs: sim.options.now() } });
    return Response.json({ request_id: job.id, status: 'completed', outcome: 'cancelled' }, { status: 202 });
  });
}

type Wanted = { sim: Simulation; request: Request; id: string; endpoint: Endpoint };

function serveJob(wanted: Wanted, handle: (read: Read) => Response): Promise<Response> {
  const { sim, request, id, endpoint } = wanted;
  const job = sim.jobs.get(id);
  return serve(sim, { endpoint, request, promptFaults: job?.faults ?? [] }, ({ account }) => {
    if (!job || job.forgotten) {
      return refuse(REFUSALS.unknownRequest);
    }
    if (job.account !== account) {
      return refuse(REFUSALS.notYours);
    }
    return handle({ sim, request, job, progress: progressNow(sim, job) });
  });
}

function statusWord(progress: Progress): string {
  return progress.state === 'succeeded' || progress.state === 'failed' ? 'completed' : progress.state;
}

function endFields(read: Read, end: End): Record<string, unknown> {
  const finished = { ...cost(read, end), finished_at: new Date(end.atMs).toISOString() };
  if (end.as === 'failed') {
    return { error: end.error ?? { code: 'generation_failed', message: 'the model failed' }, ...finished };
  }
  if (end.as === 'cancelled') {
    return finished;
  }
  const origin = read.sim.settings.files_origin ?? originFor(read.sim, read.request);
  return {
    output: end.output ?? outputOf(read.sim.models.get(read.job.modelId), read.job, origin),
    ...finished,
  };
}

/** The cost of a job that did not succeed is not documented: it has one only if the test sets one. */
function cost({ sim, request, job }: Read, end: End): { cost?: unknown } {
  const asked = isYes(new URL(request.url).searchParams.get('include_cost'));
  const isDue = sim.options.now() >= end.atMs + sim.settings.cost_delay_ms;
  const amount = end.costUsd === undefined && end.as === 'succeeded' ? job.priceUsd : end.costUsd;
  return asked && isDue && amount !== undefined && amount !== null ? { cost: amount } : {};
}
