// `npm run openapi`: writes openapi.json from the tables of routes. With --check it only says whether it is current.

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openapiDocument } from './openapi/document.ts';
import { giveUp, Mistake, say } from './terminal.ts';

const FILE = resolve(import.meta.dirname, '../openapi.json');

async function openapi(): Promise<void> {
  const text = `${JSON.stringify(openapiDocument(), null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(FILE, text);
    say('openapi.json is written.');
    return;
  }
  if (readFileSync(FILE, 'utf8') !== text) {
    throw new Mistake('openapi.json is not what the routes say. Run npm run openapi and commit it.');
  }
  say('openapi.json is current.');
}

openapi().catch(giveUp);
