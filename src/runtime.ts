// The platform as features see it: they take it as their first argument, together with their own memory and settings.
// compose.ts builds it once per isolate; tests build it from a clock and a log of their own.

import type { BytesInFlight } from './lib/bytes-in-flight.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';

export type Runtime = {
  db: D1Database;
  /** The copies of who owns which job, for the edge. */
  owners: KVNamespace;
  clock: Clock;
  /** What bodies and answers that are being read may take together. */
  inFlight: BytesInFlight;
  log: Log;
  /** Keeps work running after the answer, for up to 30 s (waitUntil). A failure is logged; the cron repairs it. */
  after: (work: Promise<unknown>) => void;
};
