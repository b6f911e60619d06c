// In Node the client tells each refusal of the table of routes as the gateway wrote it; test/browser does the same in a
// page.

import { test } from 'vitest';
import { hearAll } from './refuse-all.ts';
import { expected, openRefusingGate, PAIRS } from './refusing-gate.ts';

test('each call tells each refusal of its row', async ({ expect }) => {
  const gate = await openRefusingGate();
  const heard = await hearAll(gate.origin, PAIRS);
  gate.end();
  expect(heard).toEqual(PAIRS.map(expected));
  expect(heard.length).toBeGreaterThan(80);
});
