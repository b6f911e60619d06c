// The hash of a schema, independent of the order of its keys and of its titles.

import { canonicalJson } from '../../lib/canonical-json.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { isJsonObject } from '../../lib/json.ts';

/** SHA-256 of the schema without its titles, in canonical JSON. */
export function hashSchema(schema: Record<string, unknown>): Promise<string> {
  return sha256Hex(canonicalJson(untitled(schema)));
}

/** Keywords with data instead of schemas: a title inside is part of the value. */
const VALUES = new Set(['enum', 'const', 'default', 'examples']);

/** No schema judges deeper than this, so deeper parts do not matter. */
const MAX_DEPTH = 65;

/** An input may be called `title`, so only the keyword is removed: a text in the place of a schema. */
function untitled(value: unknown, depth = 0, isData = false): unknown {
  if (depth > MAX_DEPTH) {
    return null;
  }
  if (Array.isArray(value)) {
    return value.map((item) => untitled(item, depth + 1, isData));
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const kept = Object.entries(value).filter(
    ([name, member]) => isData || name !== 'title' || typeof member !== 'string',
  );
  return Object.fromEntries(
    kept.map(([name, member]) => [name, untitled(member, depth + 1, isData || VALUES.has(name))]),
  );
}
