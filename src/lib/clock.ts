// Time as a dependency: tests hold the clock, the Worker uses the real one.

export type Clock = {
  /** Milliseconds since 1970 UTC. In Workers it stands still between I/O. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** A signal that aborts after `ms`. */
  timeout: (ms: number) => AbortSignal;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => scheduler.wait(ms),
  timeout: (ms) => AbortSignal.timeout(ms),
};
