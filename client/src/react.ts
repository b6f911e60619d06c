// A hook that holds a run as the state of a component.

import { useEffect, useMemo, useState } from 'react';
import type { Client } from './index.ts';
import { remember } from './remember.ts';
import { createWatch, type RunState } from './watch.ts';
import type { Cancelled } from './wire.ts';

export type { RunState } from './watch.ts';

export type UseRunOptions = {
  /** A name under which the tab stores the open run. With it the run survives a reload. */
  remember?: string;
};

export type UsedRun = {
  state: RunState;
  isRunning: boolean;
  run: (model: string, input: object) => void;
  resume: (requestId: string) => void;
  /** Cancels the job. Null: the job is not submitted yet and will be cancelled when it is. */
  cancel: () => Promise<Cancelled | null>;
  /** Forgets the run. The job continues. */
  reset: () => void;
};

/** `client` must be the same object at each render. */
export function useRun(client: Client, { remember: name }: UseRunOptions = {}): UsedRun {
  const [state, setState] = useState<RunState>({ status: 'idle' });
  const watch = useMemo(() => createWatch(client, name, setState), [client, name]);
  useEffect(() => {
    watch.restore();
    return watch.stop;
  }, [watch]);
  return {
    state,
    isRunning: ['submitting', 'in_queue', 'in_progress'].includes(state.status),
    run: (model, input) => void watch.follow({ model, input }),
    resume: (requestId) => void watch.follow({ requestId }),
    cancel: watch.cancel,
    reset() {
      watch.stop();
      remember(name, null);
      setState({ status: 'idle' });
    },
  };
}
