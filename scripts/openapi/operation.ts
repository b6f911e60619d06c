// Builds one operation of the document from its route, the schema of its answer and its call in the tour.

import type * as z from 'zod/mini';
import type { Door, Route } from '../../src/http/route.ts';
import type { Example } from './examples.ts';
import { parametersOf } from './parameters.ts';
import { FILES, mediaOf, responsesOf } from './responses.ts';
import { jsonSchemaOf, type Components, type JsonSchema } from './schemas.ts';

const SECURITY: Record<Door, object[]> = {
  open: [],
  key: [{ secretKey: [] }],
  admin: [{ adminToken: [] }, { session: [] }],
};
const FOR_TOKENS_TOO = [{ customerKey: [] }];

type Operation = {
  id: string;
  tag: string;
  row: Route;
  answer: z.ZodMiniType | null;
  example: Example | undefined;
};

export function operationOf(components: Components, operation: Operation): JsonSchema {
  const { id, tag, row, answer, example } = operation;
  const parameters = parametersOf(components, row, example);
  const schema = answer === null ? null : jsonSchemaOf(answer, { io: 'output', components });
  return {
    operationId: id,
    tags: [tag],
    summary: row.summary,
    security: row.tokens === true ? FOR_TOKENS_TOO : SECURITY[row.door],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(row.body === undefined ? {} : { requestBody: requestBody(components, row, example?.request.body) }),
    responses: responsesOf(row, schema, example),
  };
}

function requestBody(
  components: Components,
  { body, method, optionalBody }: Route,
  sent: unknown,
): JsonSchema {
  if (body === 'file') {
    return { required: true, content: FILES };
  }
  const schema =
    body === undefined || body === 'bytes'
      ? { type: 'object', description: "The model's inputs, by name." }
      : jsonSchemaOf(body, { io: 'input', components });
  const types =
    method === 'PATCH' ? ['application/json', 'application/merge-patch+json'] : ['application/json'];
  return {
    required: optionalBody !== true,
    content: Object.fromEntries(types.map((type) => [type, mediaOf(schema, sent)])),
  };
}
