// The parameters of an operation: in its path, its query and its headers.

import type { Route } from '../../src/http/route.ts';
import type { Example } from './examples.ts';
import { jsonSchemaOf, type Components, type JsonSchema } from './schemas.ts';

export type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: unknown;
  example?: unknown;
};

export function parametersOf(components: Components, row: Route, example?: Example): Parameter[] {
  const { params, query, headers } = example?.request ?? {};
  return [
    ...withExamples(pathParameters(row), params),
    ...withExamples(queryParameters(components, row), query),
    ...withExamples(headerParameters(row), headers),
  ];
}

function withExamples(parameters: Parameter[], values: Record<string, unknown> = {}): Parameter[] {
  return parameters.map((parameter) =>
    Object.hasOwn(values, parameter.name) ? { ...parameter, example: values[parameter.name] } : parameter,
  );
}

function pathParameters({ path }: Route): Parameter[] {
  return [...path.matchAll(/\{(\w+)(\+?)\}/g)].map(([, name = '', several]) => ({
    name,
    in: 'path',
    required: true,
    ...(several === '' ? {} : { description: 'May contain slashes, which are not escaped.' }),
    schema: { type: 'string' },
  }));
}

function queryParameters(components: Components, { query }: Route): Parameter[] {
  if (query === undefined) {
    return [];
  }
  const { properties, required }: JsonSchema = jsonSchemaOf(query, { io: 'input', components });
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: names.includes(name),
    schema,
  }));
}

function headerParameters({ idempotent }: Route): Parameter[] {
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return idempotent === true ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema }] : [];
}
