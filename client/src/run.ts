// Runs an input to its result: one job, even if the network fails or the call is repeated.

import type { CallOptions } from './call.ts';
import { ComfygateError, isPassing, JobError } from './errors.ts';
import type { Result, Status, Submitted } from './wire.ts';

/** A page stores this to continue after a reload: `submitting` with the input, and later only `requestId`. */
export type Progress =
  | { status: 'submitting'; idempotencyKey: string; endUser: string | null }
  | { status: 'in_queue' | 'in_progress'; requestId: string; queuePosition: number | null };

export type ResumeOptions = CallOptions & { onProgress?: ((progress: Progress) => void) | undefined };

export type SubmitOptions = CallOptions & {
  /** The same key, model and input are the same job. If absent, each submit gets a random key. */
  idempotencyKey?: string | undefined;
  /**
   * The end user of a submit that may have been sent before, for example before a reload of the page. The client sends it again
   * only if the token belongs to the same user.
   */
  endUser?: string | undefined;
};

export type RunOptions = ResumeOptions & SubmitOptions;

type Calls = {
  endUser: () => Promise<string | null>;
  submit: (model: string, input: object, options: SubmitOptions) => Promise<Submitted>;
  status: (id: string, options: CallOptions) => Promise<Status>;
  result: (id: string, options: CallOptions) => Promise<Result>;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
};

const FIRST_MS = 1000;
const LONGEST_MS = 10_000;
/** The number of polls in a row that may fail, each after several tries: about five minutes. */
const FAILURES = 10;

/** A random key. crypto.randomUUID would need a secure context. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function runWith(calls: Calls) {
  async function resume(id: string, { signal, onProgress }: ResumeOptions = {}): Promise<Result> {
    let failures = 0;
    let reported = '';
    const tell = (progress: Progress) => {
      const text = JSON.stringify(progress);
      if (text !== reported) {
        reported = text;
        onProgress?.(progress);
      }
    };
    for (let polls = 0; ; polls += 1) {
      try {
        const { status, queue_position: queuePosition = null } = await calls.status(id, { signal });
        failures = 0;
        if (status === 'in_queue' || status === 'in_progress') {
          tell({ status, requestId: id, queuePosition });
        } else {
          const result = await calls.result(id, { signal });
          if (result.status !== 'in_queue' && result.status !== 'in_progress') {
            return succeeded(result);
          }
        }
      } catch (error) {
        failures += 1;
        if (failures > FAILURES || !(error instanceof ComfygateError && isPassing(error))) {
          throw error;
        }
      }
      await calls.wait(Math.min(FIRST_MS * 1.25 ** polls, LONGEST_MS), signal);
    }
  }

  async function run(model: string, input: object, options: RunOptions = {}): Promise<Result> {
    const { idempotencyKey = newIdempotencyKey(), onProgress } = options;
    onProgress?.({ status: 'submitting', idempotencyKey, endUser: await calls.endUser() });
    const id = await submitted(calls.submit(model, input, { ...options, idempotencyKey }));
    onProgress?.({ status: 'in_queue', requestId: id, queuePosition: null });
    return resume(id, options);
  }

  return { run, resume };
}

/** A job with an unknown outcome may be running, so the client polls it and never sends it again. */
async function submitted(submit: Promise<Submitted>): Promise<string> {
  try {
    return (await submit).request_id;
  } catch (error) {
    if (error instanceof ComfygateError && error.requestId !== null) {
      return error.requestId;
    }
    throw error;
  }
}

function succeeded(result: Result): Result {
  if (result.status === 'failed' || result.status === 'cancelled') {
    throw new JobError(result.status, result);
  }
  return result;
}
