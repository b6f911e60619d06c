// In Node the client tells each refusal of the table of routes as the gateway wrote it; test/browser does the same in a
// page.

import { test } from 'vitest';
import { hearAll, progressOf, stoppedUpload } from './refuse-all.ts';
import { openRefusingGate } from './refusing.ts';

test('each call reports each refusal of its route', async ({ expect }) => {
  const { origin, pairs, expected, end } = await openRefusingGate();
  const heard = await hearAll(origin, pairs);
  const told = await progressOf(origin, 3_000_000);
  const stopped = await stoppedUpload(origin);
  end();
  expect(heard).toEqual(expected);
  // fetch tells nothing of what has been sent.
  expect(told).toEqual([]);
  expect(stopped).toEqual({ thrown: 'Error: enough' });
  expect(heard.length).toBeGreaterThan(80);
});
