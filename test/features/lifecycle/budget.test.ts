import { test } from 'vitest';
import { createBudget } from '../../../src/features/lifecycle/budget.ts';
import { testClock } from '../../support/clock.ts';

const CHECKS_END_MS = 48_000;

test('nothing is used up at first, and a claim takes no more than is allowed', ({ expect }) => {
  expect(createBudget('paid', testClock()).usedUp()).toBeNull();
  expect(createBudget('paid', testClock()).room()).toBe(100);
  // Ten milliseconds of CPU.
  expect(createBudget('free', testClock()).room()).toBe(16);
});

test('calls leave what it takes to book their findings', ({ expect }) => {
  const budget = createBudget('free', testClock());
  let calls = 0;
  while (budget.call(1)) {
    calls += 1;
  }
  expect(calls).toBe(34);
  expect([budget.usedUp(), budget.room()]).toEqual(['subrequests', 0]);
  expect(Array.from({ length: 8 }, () => budget.query(1))).toEqual([
    ...Array.from({ length: 7 }, () => true),
    false,
  ]);
});

test('each statement of a batch is a query, and what is not there is not taken', ({ expect }) => {
  const budget = createBudget('free', testClock());
  expect(budget.query(37)).toBe(true);
  expect([budget.usedUp(), budget.room()]).toEqual(['queries', 0]);
  expect(budget.query(3)).toBe(false);
  expect(budget.query(2)).toBe(true);
});

test('checks of claimed jobs take CPU', ({ expect }) => {
  const budget = createBudget('free', testClock());
  budget.claim(10);
  expect(budget.room()).toBe(6);
  budget.claim(2);
  expect([budget.usedUp(), budget.room()]).toEqual(['cpu', 0]);
});

test('no call starts late in the minute, and none lasts into the next', ({ expect }) => {
  const clock = testClock();
  const budget = createBudget('paid', clock);
  expect(budget.callMs()).toBe(50_000);
  clock.advance(CHECKS_END_MS - 1);
  expect([budget.call(1), budget.usedUp(), budget.callMs()]).toEqual([true, null, 2_001]);
  clock.advance(1);
  expect([budget.call(1), budget.usedUp(), budget.room(), budget.callMs()]).toEqual([
    false,
    'time',
    0,
    2_000,
  ]);
  // Findings are booked all the same.
  expect(budget.query(4)).toBe(true);
});
