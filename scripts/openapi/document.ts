// Builds the OpenAPI 3.1 document from the tables of routes and the schemas of their answers.

import { problemView } from '../../src/http/problem-view.ts';
import type { Examples } from './examples.ts';
import { operationOf } from './operation.ts';
import { jsonSchemaOf, type Components, type JsonSchema } from './schemas.ts';
import type { Table } from './tables.ts';

type Paths = Record<string, Record<string, JsonSchema>>;

export type Document = JsonSchema & {
  paths: Paths;
  components: { schemas: Components; securitySchemes: JsonSchema };
};

const CUSTOMER_KEY = {
  type: 'http',
  scheme: 'bearer',
  description: "A customer's key (cg_…) or browser token (cgt_…).",
};
const SECRET_KEY = {
  type: 'http',
  scheme: 'bearer',
  description: "A customer's key (cg_…). Browser tokens are refused.",
};
const SESSION = {
  type: 'apiKey',
  in: 'cookie',
  name: '__Host-comfygate',
  description: 'The cookie of POST /session. It counts only with Sec-Fetch-Site: same-origin.',
};
const ADMIN_TOKEN = {
  type: 'http',
  scheme: 'bearer',
  description: 'One of ADMIN_TOKENS. Reads also accept one of READ_TOKENS.',
};

export function openapiDocument(tables: Table[], examples: Examples): Document {
  const components: Components = {};
  const paths: Paths = {};
  for (const { tag, routes, answers } of tables) {
    for (const [id, row] of Object.entries(routes)) {
      const path = row.path.replaceAll('+}', '}');
      const operation = operationOf(components, {
        id,
        tag,
        row,
        answer: answers[id] ?? null,
        example: examples[id],
      });
      (paths[path] ??= {})[row.method.toLowerCase()] = operation;
    }
  }
  jsonSchemaOf(problemView, { io: 'output', components });
  const isForOperator = tables.some(({ tag }) => tag === 'operator');
  return {
    openapi: '3.1.0',
    info: {
      title: 'comfygate',
      version: '0.1.0',
      description: 'An edge proxy and key vault in front of the RunComfy Model API.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: tables.map(({ tag, description }) => ({ name: tag, description })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).toSorted(([one], [other]) => (one < other ? -1 : 1)),
      ),
      securitySchemes: {
        customerKey: CUSTOMER_KEY,
        secretKey: SECRET_KEY,
        ...(isForOperator ? { adminToken: ADMIN_TOKEN, session: SESSION } : {}),
      },
    },
  };
}
