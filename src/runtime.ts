// The platform as features use it. Each takes it as its first argument, together with its own memory and settings.
// compose.ts builds it once per isolate; tests build it with a clock and a log of their own.

import type { BytesInFlight } from './lib/bytes-in-flight.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { Turns } from './lib/turns.ts';

export type Runtime = {
  db: D1Database;
  /** Copies of the owner of each job, for reads at the edge. */
  owners: KVNamespace;
  clock: Clock;
  /** The memory budget of all bodies and responses that are being read. */
  inFlight: BytesInFlight;
  /** Each customer's reads that query D1 run a few at a time. */
  turns: Turns;
  log: Log;
  /** Runs work after the response, for up to 30 s (waitUntil). A failure is logged; the cron repairs it. */
  after: (work: Promise<unknown>) => void;
};
