// `npm run openapi`: writes what is made from the tables of routes: openapi.json, the part of it that the Worker serves,
// and openapi.d.ts. With --check it only says whether they are current.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openapiDocument } from './openapi/document.ts';
import { CUSTOMERS, TABLES } from './openapi/tables.ts';
import { typesOf } from './openapi/types.ts';
import { giveUp, Mistake, say } from './terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** What each file has to be. */
async function filesNow(): Promise<Record<string, string>> {
  const document = openapiDocument(TABLES);
  return {
    'openapi.json': jsonText(document),
    'openapi.d.ts': await typesOf(document),
    'src/planes/customers-openapi.json': jsonText(openapiDocument(CUSTOMERS)),
  };
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function openapi(): Promise<void> {
  const files = Object.entries(await filesNow());
  if (!process.argv.includes('--check')) {
    files.forEach(([name, text]) => writeFileSync(resolve(ROOT, name), text));
    say(`Written: ${files.map(([name]) => name).join(', ')}.`);
    return;
  }
  const stale = files.filter(([name, text]) => textOf(name) !== text).map(([name]) => name);
  if (stale.length > 0) {
    throw new Mistake(`Not what the routes say: ${stale.join(', ')}. Run npm run openapi and commit that.`);
  }
  say(`${files.map(([name]) => name).join(', ')} are what the routes say.`);
}

function textOf(name: string): string {
  const path = resolve(ROOT, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

openapi().catch(giveUp);
