// An answer of RunComfy's that is nested deeper than JSON can be written is an answer that cannot be read.

import { test } from 'vitest';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld } from '../support/world.ts';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test.for(['"succeeded","output":', '"failed","error":', '"succeeded","output":1,"input":'])(
  'a result %s that is too deep is bridged, told to the operator, and read once it can be',
  async (start, { expect }) => {
    for (const levels of [3_000, 200_000]) {
      const world = createWorld();
      const { token } = await world.tenant();
      const { body } = await world.submit(token);
      await world.idle();
      tapUpstream(world, () => new Response(`{"status":${start}${nested(levels)}}`));
      const reply = await world.result(token, body.request_id);
      expect(reply).toMatchObject({ status: 200, body: { status: 'in_progress' } });
      const alarms = world.logs.filter(({ level }) => level === 'error');
      expect(alarms).toMatchObject([{ event: 'upstream_unreadable', job: body.request_id }]);
      tapUpstream(world, () => new Response(`{"status":${start}${nested(100)}}`));
      expect((await world.result(token, body.request_id)).body.status).toBe(
        start.slice(1, start.indexOf('"', 1)),
      );
    }
  },
);

test('a refusal nested too deeply counts as a refusal without a reason', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  tapUpstream(world, () => new Response(`{"detail":${nested(100_000)}}`, { status: 422 }));
  const { status, body } = await world.submit(token);
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'invalid_input' });
});
