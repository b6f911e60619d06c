// `npm run cost`: writes what Cloudflare would charge into docs/cost.md, from measured counts and CPU and from published
// prices. `-- --check` writes nothing, and fails with the lines that differ.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { giveUp, say } from '../scripts/terminal.ts';
import { readInputs } from './cost/inputs.ts';
import { COST_PAGE, requireCurrent, withComputed } from './cost/page.ts';

try {
  const root = resolve(import.meta.dirname, '..');
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  if (values.check) {
    requireCurrent(root);
    say(`${COST_PAGE} is as computed.`);
  } else {
    const path = join(root, COST_PAGE);
    writeFileSync(path, withComputed(readFileSync(path, 'utf8'), readInputs(root)));
    say(`${COST_PAGE} is written.`);
  }
} catch (error) {
  giveUp(error);
}
