import { test } from 'vitest';
import { alternately, inTurns } from '../../../src/features/jobs/turns.ts';

const jobsOf = (text: string) =>
  text.split(' ').map((name) => ({ name, customerId: `cus_${name.slice(0, 1)}` as const }));
const namesOf = (jobs: { name: string }[]) => jobs.map(({ name }) => name).join(' ');

test.for([
  { jobs: 'a1 a2 a3 b1 c1 c2', after: '', order: 'a1 b1 c1 a2 c2 a3' },
  { jobs: 'a1 a2 a3 b1 c1 c2', after: 'cus_a', order: 'b1 c1 a1 c2 a2 a3' },
  { jobs: 'a1 a2 a3 b1 c1 c2', after: 'cus_c', order: 'a1 b1 c1 a2 c2 a3' },
  { jobs: 'c1 b1 a1', after: 'cus_aa', order: 'b1 c1 a1' },
  { jobs: 'a1', after: 'cus_a', order: 'a1' },
])('customers take turns: $jobs behind "$after"', ({ jobs, after, order }, { expect }) => {
  expect(namesOf(inTurns(jobsOf(jobs), after))).toBe(order);
});

test('an empty list has no turns', ({ expect }) => {
  expect(inTurns([], 'cus_a')).toEqual([]);
  expect(alternately([])).toEqual([]);
});

test('a long queue does not go before a short one', ({ expect }) => {
  expect(alternately([[1, 2, 3, 4], [10], [20, 21]])).toEqual([1, 10, 20, 2, 21, 3, 4]);
});
