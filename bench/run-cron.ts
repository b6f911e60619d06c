// One run of the gateway's cron, as Cloudflare would start it.

import { SCHEDULES } from '../src/schedules.ts';
import type { Stage } from './stage.ts';

/** Returns when it is over; throws when it failed. */
export async function runCron({ miniflare }: Stage): Promise<void> {
  const worker = await miniflare.getWorker('miniflare');
  const { outcome } = await worker.scheduled({ cron: SCHEDULES.jobs });
  if (outcome !== 'ok') {
    throw new Error(`the cron ended as ${outcome}`);
  }
}
