// The page at /: describes the simulator and its faults.
import { FAULT_TEXT } from '../fault.ts';

export function welcome(): Response {
  const width = Math.max(...Object.keys(FAULT_TEXT).map((word) => word.length));
  const words = Object.entries(FAULT_TEXT).map(([word, text]) => `  ${word.padEnd(width)}  ${text}`);
  return new Response(PAGE.replace('WORDS', words.join('\n')));
}

const PAGE = `This is not RunComfy. It is a simulator that plays the RunComfy Model API, so that the proxy in front
of it can be tried without an account and without paying.

  POST /v1/models/{model_id}         GET  /v1/models
  GET  /v1/requests/{id}/status      GET  /v1/models/categories
  GET  /v1/requests/{id}/result      GET  /v1/models/{model_id}
  POST /v1/requests/{id}/cancel      GET  /prod/v2/balance

A job waits 2 s in the queue, runs 3 s, and then has an output that can be downloaded. /media/800x600.jpeg
(also .png, .mp4, .wav) is a file to put in.

Faults, by a word in the prompt: [sim:fail], [sim:429], [sim:delay=3000], [sim:status.503*2], [sim:reads.html=504~180],
[sim:reads.bad_token]. The form is [sim:ENDPOINT.WORD=VALUE*TIMES~SECONDS]; ENDPOINT is submit (usual), status, result,
reads (both of these) or cancel; without TIMES and SECONDS the fault strikes on every call about that job.

WORDS

Faults, by the control API, for whatever call comes next:

  POST   /_simulator/faults             {"on": "submit", "fault": {"kind": "status", "status": 503}, "times": 1}
                                        on: submit, status, result, reads (both), cancel, models, balance or any;
                                        "for_ms": 180000 instead of "times": for that long
  GET, DELETE /_simulator/faults        what is still planned; forget it
  GET    /_simulator/accepted           the jobs that really arrived
  GET, DELETE /_simulator/calls         how often each endpoint was called, and the last headers
  GET, POST /_simulator/settings        {"queue_ms": 0, "run_ms": 0, "hold": "in_queue", "balance_usd": 5, ...}
  POST   /_simulator/jobs/{id}/finish   {"as": "failed", "error": {...}} or {"as": "succeeded", "cost_usd": 0.2}
  POST   /_simulator/jobs/{id}/forget   the id becomes unknown
  POST   /_simulator/models             {"model_id": "a/b", "base_price_usd": 0.2}; null takes a member away
  DELETE /_simulator/models/{model_id}  it is gone from the catalogue
  POST   /_simulator/reset              everything as at the start
`;
