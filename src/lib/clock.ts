// Time as a dependency: tests hold the clock, the Worker uses the real one.

export type Clock = {
  /** Milliseconds since 1970 UTC. In Workers it advances only with I/O. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** A signal that aborts after `ms`. */
  timeout: (ms: number) => AbortSignal;
  /** Calls `run` after `ms`. The returned function cancels it. */
  alarm: (ms: number, run: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => scheduler.wait(ms),
  timeout: (ms) => AbortSignal.timeout(ms),
  alarm(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
