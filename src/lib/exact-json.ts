// JSON of others, read so that what is written of it again has the same digits: a seed of 19 digits fits no double.

import { endOfString } from './json-faults.ts';

/** Looks for a number that a double may not hold: one of 16 characters or more, or one with an exponent. */
const MAYBE_INEXACT = /[:,[\s]-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE])/;

/** Throws as JSON.parse does. A number that a double does not hold becomes a RawJson, and only then does it cost more. */
export function parseExactJson(text: string): unknown {
  return MAYBE_INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  const isKept = typeof value !== 'number' || source === undefined || String(value) === source;
  return isKept ? value : JSON.rawJSON(source);
}

/** The same value, where it was kept by its digits the double nearest to it. */
export function asDouble(value: unknown): unknown {
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
}

/** JSON as Python writes it, with null for its NaN and Infinity, which JSON does not have. */
export function withoutNaN(text: string): string {
  const token = /"|-?(?:NaN|Infinity)/g;
  let plain = '';
  let from = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') {
      token.lastIndex = endOfString(text, match.index);
    } else {
      plain += `${text.slice(from, match.index)}null`;
      from = token.lastIndex;
    }
  }
  return plain + text.slice(from);
}
