// What a customer does for itself with its key, beside RunComfy's own routes.

import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { requireKey } from '../../http/require-key.ts';
import { postEstimate } from './estimate.ts';
import { getUsage } from './usage.ts';

export function mountSelf(app: Hono<AppEnv>): void {
  const plane = new Hono<AppEnv>();
  plane.use('/estimate/*', requireKey);
  plane.post('/estimate/:id{.+}', postEstimate);
  plane.use('/usage', requireKey);
  plane.get('/usage', getUsage);
  app.route('/v1', plane);
}
