// The responses of an operation: its answers, and each refusal that it can give.

import { FILE_TYPES } from '../../src/features/files/file-type.ts';
import { refusalsOf } from '../../src/http/door-refusals.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { statusesOf, type Route, type Status } from '../../src/http/route.ts';
import type { Example } from './examples.ts';
import type { JsonSchema } from './schemas.ts';

const DESCRIPTIONS: Record<Status, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  304: 'Not Modified',
  502: 'RunComfy failed',
  503: 'The gateway is failing',
};

/** An uploaded file, by its content type. */
export const FILES = Object.fromEntries(
  FILE_TYPES.map(({ contentType }) => [contentType, { schema: { type: 'string', format: 'binary' } }]),
);

/** `schema` describes the answers; null if they have no body. */
export function responsesOf(row: Route, schema: JsonSchema | null, example?: Example): JsonSchema {
  const failures = failuresOf(row);
  const successes = statusesOf(row).map((status) => {
    const played = example?.response.status === status ? example.response.body : undefined;
    const content = {
      ...(schema === null ? {} : { 'application/json': mediaOf(schema, played) }),
      ...(row.csv === true ? { 'text/csv': { schema: { type: 'string' } } } : {}),
      ...(row.file === true && status !== 304 ? FILES : {}),
      ...(row.text === true ? { 'text/plain': mediaOf({ type: 'string' }, played) } : {}),
    };
    const described = Object.keys(content).length === 0 ? {} : { content };
    const response = { description: DESCRIPTIONS[status], ...described };
    const failure = failures[status];
    return [status, failure === undefined ? response : eitherOf(response, failure)];
  });
  return { ...failures, ...Object.fromEntries(successes) };
}

type Response = { description: string; content?: Record<string, JsonSchema> };

/** If answers and refusals share a status, the schema is a union of both. */
function eitherOf(answer: Response, refusal: Response): Response {
  const schemas = [answer, refusal].flatMap(({ content }) => content?.['application/json']?.['schema'] ?? []);
  return {
    description: `${answer.description}; ${refusal.description}`,
    content: { 'application/json': { schema: { anyOf: schemas } } },
  };
}

/** The schema of a body, with the body in the tour as its example. */
export function mediaOf(schema: JsonSchema, value: unknown): JsonSchema {
  return value === undefined ? { schema } : { schema, examples: { tour: { value } } };
}

/** One response for each status, with the codes of this route. */
function failuresOf(row: Route): Record<string, Response> {
  const byStatus = Map.groupBy(refusalsOf(row), (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const members = { status: { const: status }, code: { enum: codes.toSorted() } };
      const schema = { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: members }] };
      const description = codes.map((code) => PROBLEMS[code].title).join('; ');
      return [status, { description, content: { 'application/json': { schema } } }];
    }),
  );
}
