// `npm run openapi`: generates openapi.json, the part of it that the Worker serves, openapi.d.ts and the types of the client
// from the tables of routes. With --record it first plays the tour, which records the examples. With --check it fails if a
// file is out of date.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { clientTypesOf } from './openapi/client-types.ts';
import { openapiDocument } from './openapi/document.ts';
import { readExamples, recordExamples, requireExamples } from './openapi/examples.ts';
import { CUSTOMERS, TABLES } from './openapi/tables.ts';
import { typesOf } from './openapi/types.ts';
import { giveUp, Mistake, say } from './terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** The contents of each file, by name. */
async function filesNow(): Promise<Record<string, string>> {
  const examples = readExamples();
  const document = openapiDocument(TABLES, examples);
  return {
    'openapi.json': jsonText(document),
    'openapi.d.ts': await typesOf(document),
    'client/src/wire.ts': await clientTypesOf(document, TABLES),
    'web/public/customers-openapi.json': jsonText(withoutExamples(openapiDocument(CUSTOMERS, examples))),
  };
}

/** The Worker reads this asset for each answer from it. Examples would be a third of it. */
function withoutExamples(document: object): object {
  const value: unknown = JSON.parse(JSON.stringify(document), (key, member: unknown) =>
    key === 'examples' ? undefined : member,
  );
  return typeof value === 'object' && value !== null ? value : {};
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function write(): Promise<void> {
  const files = Object.entries(await filesNow());
  files.forEach(([name, text]) => writeFileSync(resolve(ROOT, name), text));
  say(`Written: ${files.map(([name]) => name).join(', ')}.`);
}

async function check(): Promise<void> {
  const files = Object.entries(await filesNow());
  const stale = files.filter(([name, text]) => textOf(name) !== text).map(([name]) => name);
  if (stale.length > 0) {
    throw new Mistake(`Out of date: ${stale.join(', ')}. Run npm run openapi and commit the result.`);
  }
  say(`${files.map(([name]) => name).join(', ')} are up to date.`);
}

function textOf(name: string): string {
  const path = resolve(ROOT, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

async function openapi(): Promise<void> {
  if (process.argv.includes('--check')) {
    await check();
  } else {
    // Written before the tour too, which compares each answer with the document.
    await write();
    if (process.argv.includes('--record')) {
      recordExamples();
      await write();
    }
  }
  const operations = TABLES.flatMap(({ routes }) => Object.keys(routes));
  requireExamples(readExamples(), operations);
}

openapi().catch(giveUp);
