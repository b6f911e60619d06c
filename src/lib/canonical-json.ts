// One text for each JSON value, whatever the order of its keys: two values are equal if their texts are.

import { isJsonObject } from './json.ts';

/** JSON with the keys of every object in order. Numbers as JSON.stringify writes them, so 5.0 is 5 and -0 is 0. */
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
