// The types of the client in client/: the operations that it calls, the types that they refer to, and the codes of their
// refusals.

import { refusalsOf } from '../../src/http/door-refusals.ts';
import type { Document } from './document.ts';
import type { Table } from './tables.ts';
import { typesOf } from './types.ts';

const CALLED = [
  'listOfferedModels',
  'getOfferedModel',
  'getOwnKey',
  'estimate',
  'submit',
  'getStatus',
  'getResult',
  'cancelJob',
  'uploadFile',
];

/** Codes that any address can answer. */
const ANYWHERE = ['unknown_route', 'method_not_allowed'];

export async function clientTypesOf(document: Document, tables: Table[]): Promise<string> {
  const paths = Object.fromEntries(
    Object.entries(document.paths)
      .map(([path, byMethod]) => [path, called(byMethod)] as const)
      .filter(([, byMethod]) => Object.keys(byMethod).length > 0),
  );
  const { schemas } = document.components;
  const named = reachable([paths, { $ref: '#/components/schemas/Problem' }], schemas);
  const part = Object.fromEntries(Object.entries(schemas).filter(([name]) => named.has(name)));
  const text = await typesOf({ ...document, paths, components: { ...document.components, schemas: part } });
  return `${text}\nexport type ProblemCode =\n${codesOf(tables)
    .map((code) => `  | '${code}'`)
    .join('\n')};\n`;
}

function called(byMethod: Document['paths'][string]): Document['paths'][string] {
  return Object.fromEntries(
    Object.entries(byMethod).filter(([, { operationId }]) => CALLED.includes(String(operationId))),
  );
}

/** The names of the components that a value refers to, directly or through others. */
function reachable(value: unknown, schemas: Record<string, unknown>, known = new Set<string>()): Set<string> {
  for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    if (!known.has(name)) {
      known.add(name);
      reachable(schemas[name], schemas, known);
    }
  }
  return known;
}

function codesOf(tables: Table[]): string[] {
  const rows = tables.flatMap(({ routes }) =>
    CALLED.flatMap((id) => (routes[id] === undefined ? [] : [routes[id]])),
  );
  return [...new Set([...rows.flatMap(refusalsOf), ...ANYWHERE])].toSorted();
}
