// `npm run fairness`: simulates what one customer can do to others, with a clock of its own and 200 ms a call. Prints each
// figure beside its promise, and fails if a promise is broken.

import { parseArgs } from 'node:util';
import { allMeasuredByTest, type Measured } from './measured-by-test.ts';
import { giveUp, Mistake, say } from '../scripts/terminal.ts';

const TEST = 'test/scenario/g5-fairness.test.ts';
const USAGE = 'Usage: npm run fairness -- [--jobs 10000]';
const MOST_JOBS = 100_000;

/** The text of each figure and of its promise. */
const FIGURES: Record<string, (value: number) => string> = {
  minutes: (value) => `all settled after ${value.toFixed(1)} minutes (10 at most)`,
  longestRunS: (value) => `the longest run took ${value.toFixed(1)} s (less than 60)`,
  mostQueries: (value) => `${value} D1 queries in a run at most (1,000)`,
  mostSubrequests: (value) => `${value} calls in a run at most (10,000)`,
  claimReadsAJob: (value) => `the claim reads ${value.toFixed(1)} rows a job`,
  readsAJob: (value) => `${value.toFixed(1)} rows read a job in all`,
  writesAJob: (value) => `${value.toFixed(1)} rows written a job in all`,
  slowestJobS: (value) => `the slowest was settled ${value.toFixed(1)} s after its submit (120 at most)`,
  slowestCostS: (value) => `the slowest was booked ${value.toFixed(1)} s after the end (600 at most)`,
  served: (value) => `C is served ${value} of 200 (195 at least)`,
  posts: (value) => `${value} submits that RunComfy answers with 500 (30 at most)`,
};

function shown({ title, passed, figures }: Measured): string {
  const lines = Object.entries(figures).flatMap(([name, value]) => {
    const figure = FIGURES[name];
    return figure === undefined || typeof value !== 'number' ? [] : [`    ${figure(value)}`];
  });
  return [`${passed ? '  kept  ' : '  BROKEN'}  ${title}`, ...lines].join('\n');
}

function jobsAskedFor(): string {
  try {
    const { values } = parseArgs({ options: { jobs: { type: 'string', default: '10000' } } });
    const jobs = Number(values.jobs);
    if (!/^\d+$/.test(values.jobs) || jobs < 1 || jobs > MOST_JOBS) {
      throw new Mistake(`--jobs must be a whole number from 1 to ${MOST_JOBS}. ${USAGE}`);
    }
    return values.jobs;
  } catch (error) {
    throw error instanceof Mistake ? error : new Mistake(`${String(error)} ${USAGE}`);
  }
}

try {
  const jobs = jobsAskedFor();
  say(`${jobs} open jobs after an outage; 200 ms a call. This takes about two minutes.`);
  const measured = allMeasuredByTest([TEST], { FAIRNESS_JOBS: jobs });
  say(measured.map(shown).join('\n'));
  process.exitCode = measured.every(({ passed }) => passed) ? 0 : 1;
} catch (error) {
  giveUp(error);
}
