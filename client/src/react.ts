// A run as the state of a component: what a page shows of it, and what its buttons do.

import { useEffect, useMemo, useState } from 'react';
import type { Client } from './index.ts';
import { remember } from './remember.ts';
import { createWatch, type RunState } from './watch.ts';
import type { Cancelled } from './wire.ts';

export type { RunState } from './watch.ts';

export type UseRunOptions = {
  /** A name under which the open run outlives a reload of the tab. Without one it does not. */
  remember?: string;
};

export type UsedRun = {
  state: RunState;
  isRunning: boolean;
  run: (model: string, input: object) => void;
  resume: (requestId: string) => void;
  /** Asks for the end of the job; `state` tells whether it came to that. Null: it ends as soon as it is submitted. */
  cancel: () => Promise<Cancelled | null>;
  /** Forgets the run, and leaves the job alone. */
  reset: () => void;
};

/** `client` has to be the same one at each render. */
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
