// What follows a cut: everything works again, a fresh isolate takes over, and time passes.

import { fragileIsolate, type Gatekeeper } from './fragile.ts';
import type { Story } from './verdict.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
/** Past the stale reservation and the wait for a cost, an hour of 404s, the unknown outcome, a running job's week. */
const HEALING_MINUTES = [11, 61, 61, 61, 61, 25 * 60, 6 * 24 * 60, 61];

/** Notes what the verdict has to know of the calls of an isolate. */
export function watch(story: Story): Required<Pick<Gatekeeper, 'done' | 'read'>> {
  return {
    done(call, tookEffect) {
      if (call.what === 'KV put' && tookEffect) {
        story.copied.add(call.text.replace('job:', ''));
      }
    },
    read(call, body) {
      const id = /^GET \/v1\/requests\/([^/]+)\/result$/.exec(call.text)?.[1];
      if (id !== undefined && body.includes('"status":"succeeded"')) {
        story.readSucceeded.add(id);
      }
    },
  };
}

/** Lets the cron of a fresh isolate run until every deadline has passed. */
export async function passDeadlines(world: World, story: Story): Promise<void> {
  const healer = fragileIsolate(world, { ask: () => 'none', ...watch(story) }, { PLAN: 'paid' });
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
