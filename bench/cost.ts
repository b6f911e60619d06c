// Fails with the figures of docs/cost.md that are not those of bench/budgets.json, or do not follow from them.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { giveUp, Mistake, say } from '../scripts/terminal.ts';
import budgets from './budgets.json' with { type: 'json' };
import { costMistakes } from './cost-tables.ts';

try {
  const page = readFileSync(resolve(import.meta.dirname, '../docs/cost.md'), 'utf8');
  const mistakes = costMistakes(page, budgets.paths);
  if (mistakes.length > 0) {
    throw new Mistake(`docs/cost.md, where sentences may follow from these too:\n${mistakes.join('\n')}`);
  }
  say('The tables of docs/cost.md agree with bench/budgets.json.');
} catch (error) {
  giveUp(error);
}
