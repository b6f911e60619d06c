// A figure of docs/cost.md that does not follow from bench/budgets.json, or from the rows above it, is named.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'vitest';
import budgets from '../../bench/budgets.json' with { type: 'json' };
import { costMistakes } from '../../bench/cost-tables.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/cost.md'), 'utf8');

test('the page has the counts of the budgets, and tables of two kinds of jobs and of the triggers', ({
  expect,
}) => {
  expect(costMistakes(page, budgets.paths)).toEqual([]);
  expect(page.match(/^\| \*\*a (job|day)\*\*/gm)).toHaveLength(3);
});

test('a count that the page lacks is reported, with each sum that uses it', ({ expect }) => {
  const submit = { ...budgets.paths.submit, rowsWritten: budgets.paths.submit.rowsWritten + 1 };
  const mistakes = costMistakes(page, { ...budgets.paths, submit });
  expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
    '`submit`',
    '**a job**',
    '$ a million jobs',
    '`submit`',
    '**a job**',
    '$ a million jobs',
  ]);
});

/** Has the columns of the page's tables. A million rows written cost a dollar, and everything else is free. */
const tableOf = (job: string) => `
| | times | requests | CPU | read | written | KV read | KV written | log | $ |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| $ a million | | 0 | 0 | 0 | 1.00 | 0 | 0 | 0 | |
| \`submit\` | 1 | 1 | 2 | 1,000 | 3 | 0 | 1 | 1 | 3.00 |
| \`cron\` ÷ 50 | 1.25 | 0 | 0 | 2 | 1 | 0 | 0 | 0 | 1.00 |
${job}`;
const counts = {
  submit: { rowsRead: 1_000, rowsWritten: 3, kvReads: 0, kvWrites: 1 },
  cron: { rowsRead: 100, rowsWritten: 50, kvReads: 0, kvWrites: 0 },
};

test.for([
  { name: 'right', job: '| **a job** | | 1 | 2 | 1,002.5 | 4.25 | 0 | 1 | 1 | 4.25 |', mistakes: [] },
  {
    name: 'of a wrong sum',
    job: '| **a job** | | 1 | 2 | 1,002.5 | 4 | 0 | 1 | 1 | 4.25 |',
    mistakes: ['**a job**: the figures are 1 | 2 | 1,002.5 | 4.25 | 0 | 1 | 1 | 4.25'],
  },
  {
    name: 'of a wrong price',
    job: '| **a job** | | 1 | 2 | 1,002.5 | 4.25 | 0 | 1 | 1 | 4 |',
    mistakes: ['**a job**: the figures are 1 | 2 | 1,002.5 | 4.25 | 0 | 1 | 1 | 4.25'],
  },
  {
    name: 'of a path that does not exist',
    job: '| `sumbit` | 1 | 1 | 2 | 1,000 | 3 | 0 | 1 | 1 | 3.00 |',
    mistakes: ['`sumbit`: the figures are 1 | 2 | NaN | NaN | NaN | NaN | 1 | NaN'],
  },
])('a row is $name', ({ job, mistakes }, { expect }) => {
  expect(costMistakes(tableOf(job), counts)).toEqual(mistakes);
});
