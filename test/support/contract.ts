// Checks every answer that a test receives against openapi.json: the route is in it, the status is one of the route's,
// the body fits its schema, and a refusal is one that the route lists.

import { compileSchema, draft2020, type SchemaNode } from 'json-schema-library';
import document from '../../openapi.json';

type Operation = { responses: Record<string, { content?: Record<string, { schema: object }> }> };
type Seen = { method: string; path: string; status: number; type: string; body: unknown };

const PATHS: [RegExp, Record<string, Operation>][] = Object.entries(document.paths).map(
  ([template, operations]) => [patternOf(template), operations as Record<string, Operation>],
);

const compiled = new Map<object, SchemaNode>();

/** What is wrong with an answer, or null. Routes that the document does not have answer as unknown ones do. */
export function breachOf({ method, path, status, type, body }: Seen): string | null {
  const pathname = path.split(/[?#]/, 1)[0]!;
  const operation = PATHS.find(
    ([pattern, operations]) => pattern.test(pathname) && method.toLowerCase() in operations,
  )?.[1][method.toLowerCase()];
  if (operation === undefined) {
    return status >= 400 ? misfit(document.components.schemas.Problem, body) : null;
  }
  const response = operation.responses[status];
  if (response === undefined) {
    return `${method} ${pathname} does not list the status ${status}: ${JSON.stringify(body).slice(0, 300)}`;
  }
  const schema = response.content?.[type.split(';')[0]!]?.schema;
  if (schema === undefined) {
    return body === null || type.startsWith('text/csv')
      ? null
      : `${method} ${pathname} answers ${status} with ${type}`;
  }
  const misfits = misfit(schema, body);
  return misfits === null ? null : `${method} ${pathname} ${status}: ${misfits}`;
}

function misfit(schema: object, body: unknown): string | null {
  const node =
    compiled.get(schema) ??
    compileSchema({ ...schema, components: document.components }, { drafts: [draft2020] });
  compiled.set(schema, node);
  const { valid, errors } = node.validate(body);
  return valid
    ? null
    : `${errors.map(({ message }) => message).join('; ')} in ${JSON.stringify(body).slice(0, 500)}`;
}

/** A template's parameter takes one segment; a model's id takes several. */
function patternOf(template: string): RegExp {
  const pattern = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    name === 'model_id' ? '.+' : '[^/]+',
  );
  return new RegExp(`^${pattern}$`);
}
