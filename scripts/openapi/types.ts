// Generates openapi.d.ts: a type for each component of the document, and `Operations` with the input and answer of each
// operation. For TypeScript programs that call the gateway.

import { compile } from 'json-schema-to-typescript';
import type { Document } from './document.ts';
import { isJsonObject, type JsonSchema } from './schemas.ts';

/** The comment that the compiler adds to each named type. */
const REMARK =
  / \*\n \* This interface was referenced by .*\n \* via the `definition` .*\n|\/\*\*\n \* This interface was referenced by .*\n \* via the `definition` .*\n \*\/\n/g;

const BANNER = '/* Made from the routes by npm run openapi. */';

export async function typesOf({ paths, components }: Document): Promise<string> {
  const operations: Record<string, JsonSchema> = {};
  for (const [path, byMethod] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(byMethod)) {
      operations[String(operation['operationId'])] = operationType(operation, { method, path });
    }
  }
  const root = { ...objectOf(operations), $defs: components.schemas };
  const schema: unknown = JSON.parse(JSON.stringify(root).replaceAll('"#/components/schemas/', '"#/$defs/'));
  const text = await compile(isJsonObject(schema) ? schema : {}, 'Operations', {
    bannerComment: BANNER,
    unknownAny: true,
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return text.replaceAll(REMARK, '');
}

type Parameter = { name: string; in: string; required: boolean; schema: JsonSchema };

/** The type of an operation, without members that it does not use. */
function operationType(
  operation: JsonSchema,
  { method, path }: { method: string; path: string },
): JsonSchema {
  const parameters = listOf(operation['parameters']).filter(isParameter);
  const placed = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const params = placed('path');
  const query = placed('query');
  const headers = placed('header');
  const body = jsonOf(operation['requestBody']);
  return {
    description: operation['summary'],
    ...objectOf({
      method: { const: method.toUpperCase() },
      path: { const: path },
      ...(params.length === 0 ? {} : { params: parametersOf(params) }),
      ...(query.length === 0 ? {} : { query: parametersOf(query) }),
      ...(headers.length === 0 ? {} : { headers: parametersOf(headers) }),
      ...(body === null ? {} : { body }),
      answer: answerOf(operation),
    }),
  };
}

function objectOf(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function parametersOf(parameters: Parameter[]): JsonSchema {
  return {
    ...objectOf(Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]))),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** The schema of the first successful answer with a body; null if no answer has one. */
function answerOf({ responses }: JsonSchema): JsonSchema {
  const successes = Object.entries(isJsonObject(responses) ? responses : {}).filter(
    ([status]) => status < '300',
  );
  return (
    successes.map(([, response]) => jsonOf(response)).find((schema) => schema !== null) ?? { type: 'null' }
  );
}

/** The schema of the JSON in a body, or null for none. */
function jsonOf(described: unknown): JsonSchema | null {
  const content = isJsonObject(described) ? described['content'] : undefined;
  const json = isJsonObject(content) ? content['application/json'] : undefined;
  const schema = isJsonObject(json) ? json['schema'] : undefined;
  return isJsonObject(schema) ? schema : null;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isParameter(value: unknown): value is Parameter {
  return isJsonObject(value) && typeof value['name'] === 'string' && isJsonObject(value['schema']);
}
