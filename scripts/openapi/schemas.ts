// JSON Schema of zod's schemas, with named ones gathered under components/schemas.

import type * as mini from 'zod/mini';
import * as z from 'zod';

export type JsonSchema = { [keyword: string]: unknown };

export type Components = Record<string, JsonSchema>;

/** The schema of what a caller sends (`input`) or gets (`output`); schemas with a meta id become components. */
export function jsonSchemaOf(
  schema: mini.ZodMiniType,
  { io, components }: { io: 'input' | 'output'; components: Components },
): JsonSchema {
  const { $schema: _dialect, $defs, ...body } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  for (const [name, component] of Object.entries($defs ?? {})) {
    components[name] = relocated(component);
  }
  return relocated(body);
}

/** `#/$defs/X` is `#/components/schemas/X` in an OpenAPI document. */
function relocated(schema: object): JsonSchema {
  const value: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  return isJsonObject(value) ? value : {};
}

export function isJsonObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
