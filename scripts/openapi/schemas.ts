// Converts zod schemas to JSON Schema, and collects named schemas under components/schemas.

import type * as mini from 'zod/mini';
import * as z from 'zod';

export type JsonSchema = { [keyword: string]: unknown };

export type Components = Record<string, JsonSchema>;

/** The schema of an input or an output. Schemas with a meta id become components. */
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

/** An OpenAPI document has `#/components/schemas/X` in place of `#/$defs/X`. */
function relocated(schema: object): JsonSchema {
  const value: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  return isJsonObject(value) ? value : {};
}

export function isJsonObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
