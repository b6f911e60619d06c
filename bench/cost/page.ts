// The computed part of docs/cost.md: everything between its two markers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake } from '../../scripts/terminal.ts';
import { callsTable, freeTable, jobTables, monthTable, pricesTable, usageTable } from './tables.ts';
import { costsOf } from './costs.ts';
import { readInputs, type Inputs } from './inputs.ts';
import { comparison, cronText, logChange, storageText } from './sentences.ts';

export const COST_PAGE = 'docs/cost.md';
const START = '<!-- computed by `npm run cost`: edit bench/, not here -->';
const END = '<!-- end of what is computed -->';
/** Lines of a difference that are told. */
const SHOWN = 20;

/** The page with its computed part as it has to be. */
export function withComputed(page: string, inputs: Inputs): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) {
    throw new Mistake(`${COST_PAGE} needs these two lines, in this order:\n${START}\n${END}`);
  }
  return `${page.slice(0, start + START.length)}\n\n${computed(inputs)}\n\n${page.slice(end)}`;
}

function computed(inputs: Inputs): string {
  const costs = costsOf(inputs);
  return [
    '## What a call takes',
    usageTable(costs),
    `CPU as of ${inputs.bench.measuredAt.slice(0, 10)}.`,
    '## What a million calls cost',
    callsTable(costs),
    '## What a million jobs cost',
    ...jobTables(costs),
    comparison(costs),
    '## What a month costs',
    monthTable(costs),
    '## Where the free plan ends',
    freeTable(costs),
    '## What the cron carries',
    cronText(costs),
    '## Storage',
    storageText(inputs),
    '## Logs from December 2026 on',
    logChange(inputs),
    '## The prices',
    pricesTable(inputs),
  ].join('\n\n');
}

/** Fails with what differs where the page is not what `npm run cost` would write. */
export function requireCurrent(root: string): void {
  const page = readFileSync(join(root, COST_PAGE), 'utf8');
  const differing = differingLines(page, withComputed(page, readInputs(root)));
  if (differing.length > 0) {
    const shown = differing.slice(0, SHOWN).join('\n');
    throw new Mistake(`${COST_PAGE} is not what \`npm run cost\` writes:\n${shown}`);
  }
}

/** The lines that differ, as the file has them and as they have to be. */
function differingLines(is: string, wanted: string): string[] {
  const old = is.split('\n');
  const due = wanted.split('\n');
  return Array.from({ length: Math.max(old.length, due.length) }, (_, index) => index)
    .filter((index) => old[index] !== due[index])
    .flatMap((index) => [`- ${old[index] ?? ''}`, `+ ${due[index] ?? ''}`]);
}
