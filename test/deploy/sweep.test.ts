// A deployment that was cut at any call is run again and ends whole. Here each call is cut in one way, in turns, with
// quick-wrangler.ts and a Worker that only tells its version; `npm run deploy:sweep` cuts each in every way, with wrangler
// and the Worker itself.

import { test } from 'vitest';
import { openCloud } from './cloudflare/cloud.ts';
import { makeQuickClone } from './support.ts';
import { CUTS, SLOTS, sweep } from './sweep.ts';

test(
  'after a cut at any call the next run completes the deployment',
  { timeout: 20 * 60_000 },
  async ({ expect }) => {
    const rows = await sweep({
      stage: async () => ({
        cloud: await openCloud(SLOTS, { isPlayed: true }),
        clone: await makeQuickClone(),
      }),
      cutsAt: (number) => CUTS.slice(number % CUTS.length).slice(0, 1),
    });
    expect(rows.filter(({ wrong }) => wrong !== null)).toEqual([]);
    expect(rows.length).toBeGreaterThan(30);
  },
);
