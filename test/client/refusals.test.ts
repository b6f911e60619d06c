// In Node the client tells each refusal of the table of routes as the gateway wrote it; test/browser does the same in a
// page.

import { test } from 'vitest';
import { hearAll } from './refuse-all.ts';
import { openRefusingGate } from './refusing.ts';

test('each call tells each refusal of its row', async ({ expect }) => {
  const { origin, pairs, expected, end } = await openRefusingGate();
  const heard = await hearAll(origin, pairs);
  end();
  expect(heard).toEqual(expected);
  expect(heard.length).toBeGreaterThan(80);
});
