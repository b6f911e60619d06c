// Which of Hono's routers serves the app. The fast one takes no route beside a pattern for the same place, and one
// such route would put all of them on the slow one.

import { test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createWorld } from '../support/world.ts';

test('all routes fit the fast router', async ({ expect }) => {
  const app = createApp(createWorld().deps);
  await app.request('/v1/models');
  expect(app.router.name).toBe('SmartRouter + RegExpRouter');
});
