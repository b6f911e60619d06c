import * as fc from 'fast-check';
import { test } from 'vitest';
import { resetsAtMs, windowsAt } from '../../../src/features/ledger/windows.ts';
import { createWorld } from '../../support/world.ts';

test.for([
  [
    '2026-03-05T12:00:09.999Z',
    '2026-03-05T12:00:00.000Z',
    '2026-03-05T00:00:00.000Z',
    '2026-03-01T00:00:00.000Z',
  ],
  [
    '2026-12-31T23:59:59.999Z',
    '2026-12-31T23:59:50.000Z',
    '2026-12-31T00:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
  ],
  [
    '2028-02-29T00:00:00.000Z',
    '2028-02-29T00:00:00.000Z',
    '2028-02-29T00:00:00.000Z',
    '2028-02-01T00:00:00.000Z',
  ],
] as const)('%s falls into its UTC slice, day and month', ([now, slice, day, month], { expect }) => {
  const windows = windowsAt(Date.parse(now));
  expect(new Date(windows.sliceMs).toISOString()).toBe(slice);
  expect(new Date(windows.dayMs).toISOString()).toBe(day);
  expect(new Date(windows.monthMs).toISOString()).toBe(month);
});

test.for([
  ['requests_per_day', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'],
  ['spend_per_day', '2026-03-05T12:00:00.000Z', '2026-03-06T00:00:00.000Z'],
  ['requests_per_month', '2026-12-05T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['spend_per_month', '2026-01-31T12:00:00.000Z', '2026-02-01T00:00:00.000Z'],
] as const)('%s asked at %s resets at %s', ([limit, now, reset], { expect }) => {
  expect(new Date(resetsAtMs(limit, Date.parse(now)) ?? 0).toISOString()).toBe(reset);
});

test.for(['spend_total', 'max_concurrent', 'balance'])('%s does not reset with time', (limit, { expect }) => {
  expect(resetsAtMs(limit, 1)).toBeNull();
});

test('never more than the limit in any 60 s, and a slot is back when Retry-After says, at most 70 s on', async ({
  expect,
}) => {
  const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 30, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(pauses, async (steps) => {
      const world = createWorld();
      const { token } = await world.tenant({ limits: { requests_per_minute: 4 } });
      const accepted: number[] = [];
      for (const step of steps) {
        world.clock.advance(step);
        const reply = await world.submit(token);
        if (reply.status === 200) {
          accepted.push(world.clock.now());
          continue;
        }
        expect(reply).toMatchObject({ status: 429, body: { code: 'request_limit' } });
        const waitSeconds = Number(reply.headers.get('retry-after'));
        expect(waitSeconds).toBeLessThanOrEqual(70);
        expect(Date.parse(reply.body.limit.resets_at)).toBeLessThanOrEqual(world.clock.now() + 70_000);
        world.clock.advance(waitSeconds * 1000);
        expect((await world.submit(token)).status).toBe(200);
        accepted.push(world.clock.now());
      }
      for (const end of accepted) {
        expect(accepted.filter((at) => at > end - 60_000 && at <= end).length).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 12, seed: 37 },
  );
});
