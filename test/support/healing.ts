// The recovery after a cut: everything works again, a fresh isolate takes over, and time passes.

import type { Story } from './verdict.ts';
import { watchedIsolate } from './watched.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
/** Past the stale reservation and the wait for a cost, an hour of 404s, the unknown outcome, a running job's week. */
export const HEALING_MINUTES = [11, 61, 61, 61, 61, 25 * 60, 6 * 24 * 60, 61];

/** Lets the cron of a fresh isolate run until every deadline has passed. */
export async function passDeadlines(world: World, story: Story): Promise<void> {
  const healer = watchedIsolate(world, { story, ask: () => 'none', settings: { PLAN: 'paid' } });
  const isNoneForgotten = world.runcomfy.accepted().jobs.every((job) => !job.forgotten);
  for (const [index, minutes] of HEALING_MINUTES.entries()) {
    // Only for 404s it takes three looks within hours, and what is open is looked at each hour: none due, none open.
    if (isNoneForgotten && (index === 2 || index === 3 || index === 4)) {
      continue;
    }
    world.clock.advance(minutes * MINUTE);
    if ((await healer.cron()) === 0 && index > 0) {
      return;
    }
  }
}
