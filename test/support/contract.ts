// Compares each answer that a test receives with openapi.json: the route is in it, the status is one of the route's, the
// body fits its schema, and a refusal is one that the route lists.

import { compileSchema, draft2020, type SchemaNode } from 'json-schema-library';
import document from '../../openapi.json';
import { routedPath } from '../../src/http/path.ts';
import { isJsonObject } from '../../src/lib/json.ts';

type Described = { content?: Record<string, { schema: object }> };
type Operation = { responses: Record<string, Described> };
type Template = { template: string; pattern: RegExp; operations: Record<string, Operation> };

/** What a call gets that leads to no route: its plane's door stands before all paths. */
const NOWHERE = {
  allOf: [
    { $ref: '#/components/schemas/Problem' },
    {
      properties: {
        code: {
          enum: [
            'unknown_route',
            'job_not_found',
            'method_not_allowed',
            'invalid_key',
            'customer_suspended',
            'key_in_page',
            'origin_not_allowed',
            'invalid_admin_token',
            'admin_closed',
            'misconfigured',
            'storage_unavailable',
            'internal',
          ],
        },
      },
    },
  ],
};

/** The more of a template is literal, the earlier it stands: `/v1/models/categories` is no model's id. */
const TEMPLATES: Template[] = Object.entries(document.paths as Record<string, Record<string, Operation>>)
  .map(([template, operations]) => ({ template, pattern: patternOf(template), operations }))
  .toSorted((one, other) => literalsOf(other.template) - literalsOf(one.template));

/** The fault of the answer to a call, or null. Reads the body of the answer. */
export async function breachOf({ method, url }: Request, response: Response): Promise<string | null> {
  const path = routedPath(new Request(url));
  const { status } = response;
  const seen = `${method} ${path} answers ${status}`;
  // A file is no text, and read as one all the same.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  if (method === 'OPTIONS') {
    return status === 204 && text === '' ? null : `${seen} to a preflight: ${text}`;
  }
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  const operation = TEMPLATES.find(({ pattern, operations }) => verb in operations && pattern.test(path))
    ?.operations[verb];
  const described = operation === undefined ? nowhere(status) : operation.responses[status];
  if (described === undefined) {
    return `${seen}, which is not described: ${text.slice(0, 500)}`;
  }
  if (method === 'HEAD' && text === '') {
    return null;
  }
  const misfit = misfitOf(described, { type: typeOf(response), text });
  return misfit === null ? null : `${seen}: ${misfit} in ${text.slice(0, 500)}`;
}

function nowhere(status: number): Described | undefined {
  return status < 400 ? undefined : { content: { 'application/json': { schema: NOWHERE } } };
}

function typeOf({ headers }: Response): string {
  return headers.get('content-type')?.split(';')[0] ?? '';
}

function misfitOf({ content }: Described, { type, text }: { type: string; text: string }): string | null {
  if (content === undefined) {
    return text === '' ? null : 'a body that is not described';
  }
  const schema = content[type]?.schema;
  if (schema === undefined) {
    return `the type ${JSON.stringify(type)}, which is not described`;
  }
  const { valid, errors } = judgeOf(schema).validate(type === 'application/json' ? JSON.parse(text) : text);
  return valid ? null : errors.map(({ message }) => message).join('; ');
}

const judges = new Map<object, SchemaNode>();

function judgeOf(schema: object): SchemaNode {
  let judge = judges.get(schema);
  if (judge === undefined) {
    judge = compileSchema({ allOf: [inlined(schema)] }, { drafts: [draft2020] });
    judges.set(schema, judge);
  }
  return judge;
}

const COMPONENTS = new Map(
  Object.entries(document.components.schemas).map(([name, schema]) => [
    `#/components/schemas/${name}`,
    schema,
  ]),
);
const inlinedComponents = new Map<string, unknown>();

/** Puts the schema that each $ref names in its place: the library compiles what a $ref names at each validation. */
function inlined(part: unknown): unknown {
  if (Array.isArray(part)) {
    return part.map(inlined);
  }
  if (!isJsonObject(part)) {
    return part;
  }
  const { $ref, ...siblings } = part;
  const own = Object.fromEntries(Object.entries(siblings).map(([name, value]) => [name, inlined(value)]));
  if (typeof $ref !== 'string') {
    return own;
  }
  return Object.keys(own).length === 0 ? componentOf($ref) : { allOf: [componentOf($ref), own] };
}

function componentOf(ref: string): unknown {
  const component = COMPONENTS.get(ref);
  if (component === undefined) {
    throw new Error(`no schema is called ${ref}`);
  }
  const known = inlinedComponents.get(ref) ?? inlined(component);
  inlinedComponents.set(ref, known);
  return known;
}

/** A parameter takes one segment; a model's id takes several. */
function patternOf(template: string): RegExp {
  const pattern = template
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\{(\w+)\}/g, (_all, name: string) => (name === 'model_id' ? '.+' : '[^/]+'));
  return new RegExp(`^${pattern}$`, 's');
}

function literalsOf(template: string): number {
  return template.replaceAll(/\{\w+\}/g, '').length;
}
