// A gateway of a few lines for the client: it answers what the test has planned, and keeps what it was asked.

import { createClient, type Client, type ClientOptions } from '../../client/src/index.ts';

export type Planned =
  | { status?: number; body?: unknown; text?: string; headers?: Record<string, string> }
  | 'cut';

type Asked = {
  method: string;
  path: string;
  token: string;
  key: string | null;
  body: unknown;
};

type Wire = {
  client: Client;
  asked: Asked[];
  /** The pauses before further tries and polls, in ms. */
  pauses: number[];
};

const GATE = 'https://gate.example';

/** Answers in this order; the last one stays. `wait` takes no time, and ends with its signal. */
export function wire(planned: Planned[], options: Partial<ClientOptions> = {}): Wire {
  const asked: Asked[] = [];
  const pauses: number[] = [];
  const client = createClient({
    baseUrl: GATE,
    credentials: 'cgt_one',
    async fetch(url, init) {
      asked.push(readCall(url, init));
      init?.signal?.throwIfAborted();
      const answer = planned[Math.min(asked.length, planned.length) - 1];
      if (answer === 'cut' || answer === undefined) {
        throw new TypeError('Failed to fetch');
      }
      const { status = 200, body, text = JSON.stringify(body), headers: more = {} } = answer;
      return new Response(status === 204 ? null : text, { status, headers: more });
    },
    async wait(ms, signal) {
      signal?.throwIfAborted();
      pauses.push(ms);
    },
    ...options,
  });
  return { client, asked, pauses };
}

function readCall(url: unknown, { method = 'GET', headers, body }: RequestInit = {}): Asked {
  const sent = new Headers(headers);
  return {
    method,
    path: typeof url === 'string' ? url.slice(GATE.length) : '',
    token: sent.get('Authorization')?.replace('Bearer ', '') ?? '',
    key: sent.get('Idempotency-Key'),
    body: typeof body === 'string' ? JSON.parse(body) : body,
  };
}

/** A refusal as the gateway words it. */
export function refusal(status: number, code: string, more: object = {}): Exclude<Planned, 'cut'> {
  return {
    status,
    body: {
      type: `urn:comfygate:problem:${code}`,
      title: code,
      status,
      detail: `refused: ${code}`,
      code,
      trace_id: '6b0c4b9e-4c5e-4a37-9d53-0f7f3d1f4f0a',
      error_code: status * 1000 + 1,
      error_message: `refused: ${code}`,
      ...more,
    },
  };
}

export const SUBMITTED: Planned = {
  body: { request_id: 'job-1', status_url: '', result_url: '', cancel_url: '' },
};

export const status = (word: string, more: object = {}): Planned => ({
  body: { request_id: 'job-1', status: word, status_url: '', result_url: '', ...more },
});

export const result = (word: string, more: object = {}): Planned => ({
  body: { request_id: 'job-1', status: word, ...more },
});
