// A job at RunComfy, and its progress: a pure function of the job, the settings and the clock.
import { z } from 'zod';
import { PlannedFault } from './fault.ts';
import type { Settings } from './settings.ts';

/** One job a second leaves the queue, so queue_position counts down by one a second. */
const PLACE_MS = 1000;

const End = z.object({
  as: z.enum(['succeeded', 'failed', 'cancelled']),
  atMs: z.number(),
  error: z.unknown().optional(),
  /** Replaces the price; null: no cost is ever reported. */
  costUsd: z.unknown().optional(),
  output: z.unknown().optional(),
});
export type End = z.infer<typeof End>;

export const Job = z.object({
  id: z.string(),
  account: z.string(),
  modelId: z.string(),
  body: z.record(z.string(), z.unknown()),
  /** The body as it came, for the echo. */
  bodyText: z.string(),
  createdAtMs: z.number(),
  priceUsd: z.number(),
  /** Set by faults: the job will fail, run longer, or be unknown to reads. */
  error: z.unknown().optional(),
  runMs: z.number().optional(),
  forgotten: z.boolean(),
  faults: z.array(PlannedFault),
  end: End.optional(),
});
export type Job = z.infer<typeof Job>;

export type Progress =
  | { state: 'in_queue'; queuePosition: number }
  | { state: 'in_progress' }
  | { state: End['as']; end: End };

export function progressOf(job: Job, settings: Settings, nowMs: number): Progress {
  if (job.end) {
    return { state: job.end.as, end: job.end };
  }
  const startsAtMs = job.createdAtMs + settings.queue_ms;
  const endsAtMs = startsAtMs + (job.runMs ?? settings.run_ms);
  const hold = settings.hold;
  if (hold === 'in_queue' || (hold === null && nowMs < startsAtMs)) {
    return { state: 'in_queue', queuePosition: Math.max(1, Math.ceil((startsAtMs - nowMs) / PLACE_MS)) };
  }
  if (hold === 'in_progress' || nowMs < endsAtMs) {
    return { state: 'in_progress' };
  }
  const as = job.error === undefined ? 'succeeded' : 'failed';
  return { state: as, end: { as, atMs: endsAtMs, error: job.error } };
}
