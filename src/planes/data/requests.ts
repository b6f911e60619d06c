// Submit, status, result and cancel: RunComfy's own calls about a job, which it calls a request.

import * as z from 'zod/mini';
import { cancel, pollResult, pollStatus } from '../../features/lifecycle/poll.ts';
import { submit } from '../../features/lifecycle/submit.ts';
import { lenientFlag } from '../../http/flag.ts';
import { REPLAYED } from '../../http/idempotency-key.ts';
import { limitHeaders } from '../../http/limit-headers.ts';
import { answer, route } from '../../http/route.ts';
import { warningHeader } from '../../http/warning-header.ts';
import { showCancelled, showResult, showStatus, showSubmitted } from './wire.ts';

export const requestRoutes = {
  submit: route({
    method: 'POST',
    path: '/v1/models/{model_id+}',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'Submit exactly as you would to RunComfy; only host and token differ.',
    body: 'bytes',
    idempotent: true,
    held: true,
    refusals: [
      'unknown_model',
      'model_not_allowed',
      'lora_not_allowed',
      'insufficient_balance',
      'spend_limit',
      'request_limit',
      'concurrency_limit',
      'request_in_flight',
      'idempotency_mismatch',
      'outcome_unknown',
      'submit_timeout',
      'submits_off',
      'gateway_limit',
      'outcomes_unknown',
      'model_unpriced',
      'model_unavailable',
      'upstream_unavailable',
      'upstream_busy',
      'invalid_parameter',
    ],
    async run({ runtime, principal, params, body, request }) {
      const submission = {
        modelId: params.model_id,
        body,
        idempotencyKey: request.idempotencyKey(),
        traceId: request.traceId,
        arrivedAtMs: request.arrivedAtMs,
        ownHosts: request.ownHosts,
        origin: request.origin,
      };
      const { jobId, limits, isReplay, warnings } = await submit(runtime, principal, submission);
      request.note({ job: jobId });
      return answer(showSubmitted(request.origin, jobId), {
        headers: {
          ...limitHeaders(limits),
          ...(isReplay ? REPLAYED : {}),
          ...warningHeader(warnings),
        },
      });
    },
  }),
  getStatus: route({
    method: 'GET',
    path: '/v1/requests/{request_id}/status',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'Get the status of a job.',
    unrated: true,
    refusals: ['job_not_found', 'upstream_unavailable'],
    run: async ({ runtime, principal, params, request }) =>
      showStatus(request.origin, await pollStatus(runtime, principal, params.request_id)),
  }),
  getResult: route({
    method: 'GET',
    path: '/v1/requests/{request_id}/result',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'Get the result of a job, or its status before the job ends.',
    unrated: true,
    query: z.object({ include_cost: lenientFlag }),
    refusals: ['job_not_found', 'upstream_unavailable', 'gateway_busy'],
    async run({ runtime, principal, params, query: { include_cost: withCost } }) {
      const view = await pollResult(runtime, principal, { id: params.request_id, withCost });
      return showResult(view, withCost);
    },
  }),
  cancelJob: route({
    method: 'POST',
    path: '/v1/requests/{request_id}/cancel',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'Cancel a job that is still in the queue.',
    status: 202,
    refusals: ['job_not_found', 'upstream_unavailable'],
    run: async ({ runtime, principal, params }) =>
      showCancelled(await cancel(runtime, principal, params.request_id)),
  }),
};
