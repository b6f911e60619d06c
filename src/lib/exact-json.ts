// JSON from RunComfy, parsed so that numbers keep their digits when written again: a 19-digit seed exceeds a double.

import { endOfString } from './json-faults.ts';

/** Matches numbers that a double may not represent: 16 characters or more, or an exponent. */
const MAYBE_INEXACT = /[:,[\s]-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE])/;

/** Throws like JSON.parse. A number that a double cannot represent becomes a RawJson; only then parsing costs more. */
export function parseExactJson(text: string): unknown {
  return MAYBE_INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  const isKept = typeof value !== 'number' || source === undefined || String(value) === source;
  return isKept ? value : JSON.rawJSON(source);
}

/** The value; for a RawJson the nearest double. */
export function asDouble(value: unknown): unknown {
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
}

/** Replaces Python's NaN and Infinity, which are not JSON, with null. */
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
