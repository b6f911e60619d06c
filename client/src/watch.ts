// Watches one run at a time for a page: useRun() without React.

import { ComfygateError, isLost, isPassing, JobError } from './errors.ts';
import type { Client } from './index.ts';
import { recall, remember, type Remembered } from './remember.ts';
import type { Progress, ResumeOptions } from './run.ts';
import type { Cancelled, Result } from './wire.ts';

export type RunState =
  | { status: 'idle' | 'submitting' }
  | Exclude<Progress, { status: 'submitting' }>
  | { status: 'succeeded'; result: Result }
  /** The job failed or was cancelled (a JobError), or it could not be submitted or watched (a ComfygateError). */
  | { status: 'failed' | 'cancelled'; error: Error };

export type Watch = {
  follow: (asked: Remembered) => Promise<void>;
  /** Continues the run that was open before a reload. */
  restore: () => void;
  /** Null: the job will be cancelled as soon as it is submitted. */
  cancel: () => Promise<Cancelled | null>;
  /** Stops watching silently. The job continues. */
  stop: () => void;
};

type Job = { signal: AbortSignal; requestId: string | null; isUnwanted: boolean };

export function createWatch(
  client: Client,
  name: string | undefined,
  show: (state: RunState) => void,
): Watch {
  let controller = new AbortController();
  let job: Job = newJob(controller);

  async function follow(asked: Remembered): Promise<void> {
    controller.abort();
    controller = new AbortController();
    const mine = newJob(controller);
    job = mine;
    const tell = (state: RunState) => mine.signal.aborted || show(state);
    if ('requestId' in asked) {
      mine.requestId = asked.requestId;
    } else {
      show({ status: 'submitting' });
    }
    const onProgress = (progress: Progress) => {
      if (mine.signal.aborted) {
        return;
      }
      if (progress.status === 'submitting') {
        const { idempotencyKey, endUser } = progress;
        remember(name, { idempotencyKey, endUser, ...asked });
        return;
      }
      show(progress);
      if (mine.requestId === null) {
        mine.requestId = progress.requestId;
        remember(name, { requestId: progress.requestId });
        if (mine.isUnwanted) {
          client.cancel(progress.requestId).catch(() => undefined);
        }
      }
    };
    const last = await endOf(begin(client, asked, { signal: mine.signal, onProgress }));
    if (!mine.signal.aborted && !('error' in last && isOpen(last.error, mine))) {
      remember(name, null);
    }
    tell(last);
  }

  return {
    follow,
    restore() {
      const kept = recall(name);
      if (kept !== null) {
        void follow(kept);
      }
    },
    async cancel() {
      job.isUnwanted = true;
      return job.requestId === null ? null : client.cancel(job.requestId);
    },
    stop: () => controller.abort(),
  };
}

const newJob = ({ signal }: AbortController): Job => ({ signal, requestId: null, isUnwanted: false });

function begin(client: Client, asked: Remembered, options: ResumeOptions): Promise<Result> {
  if ('requestId' in asked) {
    return client.resume(asked.requestId, options);
  }
  const { model, input, idempotencyKey, endUser } = asked;
  return client.run(model, input, { ...options, idempotencyKey, endUser: endUser ?? undefined });
}

async function endOf(run: Promise<Result>): Promise<RunState> {
  try {
    return { status: 'succeeded', result: await run };
  } catch (error) {
    const status = error instanceof JobError ? error.status : 'failed';
    return { status, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** True if watching failed and the job may still be running. Without a token, nothing is known of an earlier submit. */
function isOpen(error: Error, { requestId }: Job): boolean {
  return (
    error instanceof ComfygateError &&
    (isLost(error) || error.code === 'no_token' || (requestId !== null && isPassing(error)))
  );
}
