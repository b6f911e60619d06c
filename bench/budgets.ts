// `npm run budgets`: measures the cost of each path and writes it into bench/budgets.json, after a change that is meant to
// alter costs. The tests only read that file.

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { giveUp, say } from '../scripts/terminal.ts';
import { measuredByTest } from './measured-by-test.ts';

const FILE = resolve(import.meta.dirname, 'budgets.json');

try {
  const before = readFileSync(FILE, 'utf8');
  const paths = measuredByTest('test/budgets.test.ts');
  const after = `${JSON.stringify({ ...JSON.parse(before), paths }, null, 2)}\n`;
  writeFileSync(FILE, after);
  const number = Object.keys(paths).length;
  say(`${number} paths in bench/budgets.json; ${after === before ? 'nothing is new' : 'see git diff'}.`);
} catch (error) {
  giveUp(error);
}
