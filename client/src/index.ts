// The client of a comfygate gateway, without dependencies. Its types come from the gateway's openapi.json.

import { call, type CallOptions, type Link } from './call.ts';
import { createWallet, scopeOfUser, type Credentials } from './credentials.ts';
import {
  newIdempotencyKey,
  runWith,
  type ResumeOptions,
  type RunOptions,
  type SubmitOptions,
} from './run.ts';
import { upload, type StoredFile, type UploadOptions } from './upload.ts';
import type { Operations, Result } from './wire.ts';

export { ComfygateError, JobError, type ErrorCode, type FieldError } from './errors.ts';
export type { CallOptions } from './call.ts';
export type { Credential, Credentials } from './credentials.ts';
export type { Progress, ResumeOptions, RunOptions, SubmitOptions } from './run.ts';
export type { StoredFile, UploadOptions } from './upload.ts';
export type {
  Cancelled,
  CatalogueModel,
  Estimate,
  LimitUsage,
  OwnKey,
  ProblemCode,
  Result,
  Status,
  Submitted,
} from './wire.ts';

export type ClientOptions = {
  /** The gateway, such as `https://gate.example`. */
  baseUrl: string;
  credentials: Credentials;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch;
  /** Replaces timers: resolves after so many ms, or rejects with the reason of the signal. */
  wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
};

type Answer<Id extends keyof Operations> = Promise<Operations[Id]['answer']>;

export type ModelsQuery = Operations['listOfferedModels']['query'];

export type Client = {
  /** Lists the models that the token may use, with prices. `include_schema: 'true'` adds their input schemas. */
  models: (query?: ModelsQuery, options?: CallOptions) => Answer<'listOfferedModels'>;
  /** Gets a model with its input schema. */
  model: (id: string, options?: CallOptions) => Answer<'getOfferedModel'>;
  /** Reads the models and limits of the token, and how much of each limit is left. */
  key: (options?: CallOptions) => Answer<'getOwnKey'>;
  /** Checks and prices an input without spending anything. */
  estimate: (model: string, input: object, options?: CallOptions) => Answer<'estimate'>;
  upload: (file: Blob, options?: UploadOptions) => Promise<StoredFile>;
  submit: (model: string, input: object, options?: SubmitOptions) => Answer<'submit'>;
  status: (requestId: string, options?: CallOptions) => Answer<'getStatus'>;
  /** The result of a job, or its state before the end. `include_cost` adds the charge. */
  result: (requestId: string, options?: CallOptions & { include_cost?: boolean }) => Answer<'getResult'>;
  /** Cancels a job that still waits in the queue. `outcome` is the result. */
  cancel: (requestId: string, options?: CallOptions) => Answer<'cancelJob'>;
  /**
   * Submits a job once and polls it until its result. Throws a JobError if the job fails or is cancelled, and a ComfygateError
   * if the gateway refuses it. `signal` stops polling but not the job; `cancel` stops the job.
   */
  run: (model: string, input: object, options?: RunOptions) => Promise<Result>;
  /** Polls a job that was submitted earlier, for example before a reload of the page. */
  resume: (requestId: string, options?: ResumeOptions) => Promise<Result>;
};

export function createClient(options: ClientOptions): Client {
  const { baseUrl, credentials, fetch: ownFetch, wait = waitFor } = options;
  const link: Link = {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    wallet: createWallet(credentials),
    fetch: ownFetch ?? ((input, init) => fetch(input, init)),
    wait,
  };
  const get = <T>(path: string, more: CallOptions = {}) => call<T>(link, { ...more, method: 'GET', path });
  const post = <T>(path: string, body: unknown, more: CallOptions = {}) =>
    call<T>(link, { ...more, method: 'POST', path, body });

  const calls: Omit<Client, 'run' | 'resume'> = {
    models: (query = {}, more = {}) => get(`/v1/models${searchOf(query)}`, more),
    model: (id, more) => get(`/v1/models/${pathOf(id)}`, more),
    key: (more) => get('/v1/key', more),
    estimate: (model, input, more) => post(`/v1/estimate/${pathOf(model)}`, input, more),
    upload: (file, more) => upload(link, file, more),
    submit: (model, input, { idempotencyKey = newIdempotencyKey(), endUser, signal } = {}) =>
      call(link, {
        method: 'POST',
        path: `/v1/models/${pathOf(model)}`,
        body: input,
        headers: { 'Idempotency-Key': idempotencyKey },
        signal,
        submit: { triedAs: endUser === undefined ? null : scopeOfUser(endUser) },
      }),
    status: (id, more) => get(`/v1/requests/${escaped(id)}/status`, more),
    result: (id, { include_cost: withCost, ...more } = {}) =>
      get(`/v1/requests/${escaped(id)}/result${withCost ? '?include_cost=true' : ''}`, more),
    cancel: (id, more) => post(`/v1/requests/${escaped(id)}/cancel`, undefined, more),
  };
  const endUser = async () => (await link.wallet.get()).endUser;
  return { ...calls, ...runWith({ ...calls, endUser, wait }) };
}

/** A model id keeps its slashes; whatever else could lead elsewhere is escaped. */
function pathOf(id: string): string {
  return id.split('/').map(escaped).join('/');
}

/** URLs fold `..` and even `%2E%2E`, but not `%252E%252E`, which is no id. */
function escaped(segment: string): string {
  return /^\.{1,2}$/.test(segment) ? '%252E'.repeat(segment.length) : encodeURIComponent(segment);
}

function searchOf(query: ModelsQuery): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      search.set(name, String(value));
    }
  }
  return search.size === 0 ? '' : `?${search}`;
}

async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
