// One operation of the document, made from its row, the schema of its answer and the call that a test played.

import type * as z from 'zod/mini';
import { refusalsOf } from '../../src/http/door-refusals.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { statusesOf, type Door, type Route } from '../../src/http/route.ts';
import type { ProblemCode } from '../../src/lib/problem.ts';
import { jsonSchemaOf, type Components, type JsonSchema } from './schemas.ts';

const SECURITY: Record<Door, object[]> = {
  open: [],
  key: [{ customerKey: [] }],
  admin: [{ adminToken: [] }],
};

type Answer = z.ZodMiniType | null;

type Operation = { id: string; tag: string; row: Route; answer: Answer };

export function operationOf(components: Components, { id, tag, row, answer }: Operation): JsonSchema {
  const parameters = [
    ...pathParameters(row.path),
    ...queryParameters(components, row),
    ...headerParameters(row),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary: row.summary,
    security: SECURITY[row.door],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(row.body === undefined ? {} : { requestBody: requestBody(components, row) }),
    responses: { ...successes(components, row, answer), ...failures(refusalsOf(row)) },
  };
}

function pathParameters(template: string): JsonSchema[] {
  return [...template.matchAll(/\{(\w+)(\+?)\}/g)].map(([, name, rest]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(rest === '' ? {} : { description: 'Slashes are sent as they are.' }),
  }));
}

function queryParameters(components: Components, { query }: Route): JsonSchema[] {
  if (query === undefined) {
    return [];
  }
  const { properties, required } = jsonSchemaOf(query, { io: 'input', components });
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: names.includes(name),
    schema,
  }));
}

function headerParameters({ idempotent }: Route): JsonSchema[] {
  return idempotent === true
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
      ]
    : [];
}

function requestBody(components: Components, { body, method, optionalBody }: Route): JsonSchema {
  const schema =
    body === undefined || body === 'bytes'
      ? { type: 'object', description: "The model's inputs, by name." }
      : jsonSchemaOf(body, { io: 'input', components });
  const types =
    method === 'PATCH' ? ['application/json', 'application/merge-patch+json'] : ['application/json'];
  return {
    required: optionalBody !== true,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  };
}

function successes(components: Components, row: Route, answer: Answer): JsonSchema {
  const schema = answer === null ? null : jsonSchemaOf(answer, { io: 'output', components });
  const content = {
    ...(schema === null ? {} : { 'application/json': { schema } }),
    ...(row.csv === true ? { 'text/csv': { schema: { type: 'string' } } } : {}),
  };
  return Object.fromEntries(
    statusesOf(row).map((status) => [
      status,
      { description: DESCRIPTIONS[status], ...(Object.keys(content).length === 0 ? {} : { content }) },
    ]),
  );
}

const DESCRIPTIONS = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  502: 'RunComfy failed',
} as const;

/** One response a status, with the codes that this route gives there. */
function failures(codes: ProblemCode[]): JsonSchema {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      {
        description: names.map((name) => PROBLEMS[name].title).join('; '),
        content: {
          'application/json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { properties: { status: { const: status }, code: { enum: names.toSorted() } } },
              ],
            },
          },
        },
      },
    ]),
  );
}
