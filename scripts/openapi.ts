// `npm run openapi`: writes what is made from the tables of routes: openapi.json, the part of it that the Worker serves,
// openapi.d.ts, and the part of that which the client is made of. With --record it plays the tour first, whose calls are
// the examples; with --check it only says whether everything is current.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { clientTypesOf } from './openapi/client-types.ts';
import { openapiDocument } from './openapi/document.ts';
import { readExamples, recordExamples, requireExamples } from './openapi/examples.ts';
import { CUSTOMERS, TABLES } from './openapi/tables.ts';
import { typesOf } from './openapi/types.ts';
import { giveUp, Mistake, say } from './terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** What each file has to be. */
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

/** An asset, which the Worker reads for each answer that is made of it: examples would be a third of it. */
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
    throw new Mistake(`Not what the routes say: ${stale.join(', ')}. Run npm run openapi and commit that.`);
  }
  say(`${files.map(([name]) => name).join(', ')} are what the routes say.`);
}

function textOf(name: string): string {
  const path = resolve(ROOT, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

async function openapi(): Promise<void> {
  if (process.argv.includes('--check')) {
    await check();
  } else {
    // Before the tour as well: it compares each answer with the document.
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
