// The access log: a line for everything, but one for ten polls that went well.

import { test } from 'vitest';
import { createWorld } from '../support/world.ts';

test('ten good polls share a line that says so; submits and refusals have their own', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  const before = world.logs.length;
  for (let poll = 0; poll < 20; poll += 1) {
    await world.status(token, body.request_id);
  }
  for (let refusal = 0; refusal < 3; refusal += 1) {
    await world.status(token, '00000000-0000-4000-8000-000000000000');
  }
  await world.submit(token);
  const lines = world.logs.slice(before).filter(({ event }) => event === 'request');
  expect(lines.map(({ status, stands_for }) => [status, stands_for])).toEqual([
    [200, 10],
    [200, 10],
    [404, undefined],
    [404, undefined],
    [404, undefined],
    [200, undefined],
  ]);
});
