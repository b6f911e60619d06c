import * as fc from 'fast-check';
import { test } from 'vitest';
import { WINDOWS, windowsAt } from '../../../src/features/ledger/windows.ts';
import { createWorld } from '../../support/world.ts';

test.for([
  {
    now: '2026-03-05T12:00:09.999Z',
    slice: '2026-03-05T12:00:00.000Z',
    day: '2026-03-05T00:00:00.000Z',
    week: '2026-03-02T00:00:00.000Z',
    month: '2026-03-01T00:00:00.000Z',
  },
  {
    now: '2026-12-31T23:59:59.999Z',
    slice: '2026-12-31T23:59:50.000Z',
    day: '2026-12-31T00:00:00.000Z',
    week: '2026-12-28T00:00:00.000Z',
    month: '2026-12-01T00:00:00.000Z',
  },
  {
    now: '2028-02-29T00:00:00.000Z',
    slice: '2028-02-29T00:00:00.000Z',
    day: '2028-02-29T00:00:00.000Z',
    week: '2028-02-28T00:00:00.000Z',
    month: '2028-02-01T00:00:00.000Z',
  },
  {
    // The last Sunday of a leap year: its week began in that year, and ends in it too.
    now: '2028-12-31T23:59:59.999Z',
    slice: '2028-12-31T23:59:50.000Z',
    day: '2028-12-31T00:00:00.000Z',
    week: '2028-12-25T00:00:00.000Z',
    month: '2028-12-01T00:00:00.000Z',
  },
  {
    now: '2029-01-01T00:00:00.000Z',
    slice: '2029-01-01T00:00:00.000Z',
    day: '2029-01-01T00:00:00.000Z',
    week: '2029-01-01T00:00:00.000Z',
    month: '2029-01-01T00:00:00.000Z',
  },
  {
    // A leap year that ends within a week.
    now: '2024-12-31T23:59:59.999Z',
    slice: '2024-12-31T23:59:50.000Z',
    day: '2024-12-31T00:00:00.000Z',
    week: '2024-12-30T00:00:00.000Z',
    month: '2024-12-01T00:00:00.000Z',
  },
])('$now falls into its UTC slice, day, week and month', ({ now, ...starts }, { expect }) => {
  const { sliceMs, dayMs, weekMs, monthMs } = windowsAt(Date.parse(now));
  const found = { slice: sliceMs, day: dayMs, week: weekMs, month: monthMs };
  expect(found).toEqual(
    Object.fromEntries(Object.entries(starts).map(([window, start]) => [window, Date.parse(start)])),
  );
});

test.for([
  ['minute', '2026-12-31T23:59:59.999Z', '2027-01-01T00:01:00.000Z'],
  ['day', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'],
  ['day', '2026-03-05T12:00:00.000Z', '2026-03-06T00:00:00.000Z'],
  ['week', '2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z'],
  ['week', '2026-03-08T23:59:59.999Z', '2026-03-09T00:00:00.000Z'],
  ['week', '2024-12-31T12:00:00.000Z', '2025-01-06T00:00:00.000Z'],
  ['week', '2028-12-31T23:59:59.999Z', '2029-01-01T00:00:00.000Z'],
  ['month', '2026-12-05T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['month', '2026-01-31T12:00:00.000Z', '2026-02-01T00:00:00.000Z'],
] as const)('a %s that holds %s ends at %s', ([window, now, end], { expect }) => {
  expect(new Date(WINDOWS[window].endMs(Date.parse(now)) ?? 0).toISOString()).toBe(end);
});

test.for(['total', 'now'] as const)('%s does not end', (window, { expect }) => {
  expect(WINDOWS[window].endMs(1)).toBeNull();
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
