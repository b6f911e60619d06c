// Canonical JSON: two values are equal if their texts are, whatever the order of keys.

import { isJsonObject } from './json.ts';

/** JSON with sorted keys. Numbers as JSON.stringify writes them: 5.0 is 5, -0 is 0. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (isJsonObject(value)) {
    const members = Object.keys(value)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
