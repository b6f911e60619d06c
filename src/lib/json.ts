// Parses JSON from clients. We must read the same as RunComfy and D1, so anything that two parsers could read differently
// is refused: duplicate keys, invalid UTF-8, a byte-order mark, lone surrogates. So is what no honest client sends.

import { faultOfName, MAX_NUMERALS, numeralsIn, repeatedKeyIn, scan } from './json-faults.ts';
import { namesOf } from './names-of.ts';
import { Problem } from './problem.ts';
import { hasMoreValuesThan } from './value-count.ts';

/** `isTooMany`: the text has more values than we parse. */
export type StrictJson = { ok: true; value: unknown } | { ok: false; isTooMany: boolean; detail: string };

/** A model's input has tens of values. Millions of small ones would take many times the body's size in memory. */
const MAX_VALUES = 100_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value, or a sentence that says why the bytes are refused. Takes linear time. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  if (bytes.byteLength === 0) {
    return malformed('There is no body; send a JSON object.');
  }
  // Counted first, so that too many values are never built.
  if (hasMoreValuesThan(bytes, MAX_VALUES)) {
    const detail = `The body has more than ${MAX_VALUES} values.`;
    return { ok: false, isTooMany: true, detail };
  }
  const text = decode(bytes);
  if (text === null) {
    return malformed('The body is not valid UTF-8.');
  }
  if (text.startsWith('\uFEFF')) {
    return malformed('The body starts with a byte-order mark; send plain UTF-8.');
  }
  const { fault, keys } = scan(text);
  if (fault !== null) {
    return malformed(fault);
  }
  if (numeralsIn(text) > MAX_NUMERALS) {
    return malformed(`The body has more than ${MAX_NUMERALS} strings of 6 to 10 digits.`);
  }
  const value = parse(text);
  if (value === undefined) {
    return malformed('The body is not valid JSON.');
  }
  const names: Names = { count: 0, fault: null };
  readNames(value, names);
  // JSON.parse keeps one of two equal keys. Counting is cheaper than a set of all keys, which takes longer than parsing.
  const faultOfNames = names.fault ?? (names.count < keys ? repeatedKeyIn(text) : null);
  if (faultOfNames !== null) {
    return malformed(faultOfNames);
  }
  // Only an escape can add invalid text: the bytes are valid UTF-8, and JSON has no raw control characters.
  const untext = text.includes('\\u') ? findUntext(value) : null;
  return untext === null
    ? { ok: true, value }
    : malformed(`A string in the body holds ${untext}, which is no text.`);
}

/** The refusal of a body that could not be parsed. */
export function unreadable({ isTooMany, detail }: StrictJson & { ok: false }): Problem {
  return new Problem(isTooMany ? 'body_too_large' : 'malformed_body', detail);
}

function malformed(detail: string): StrictJson {
  return { ok: false, isTooMany: false, detail };
}

/** A JSON object: a schema, or the inputs of a model. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks for objects and arrays nested more than `levels` deep. Never looks deeper. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  // Not copied: an array can have millions of values.
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return levels === 0 || members.some((member) => isDeeperThan(member, levels - 1));
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** The number of names in all objects of a value, and the fault of the first bad one. */
type Names = { count: number; fault: string | null };

function readNames(value: unknown, names: Names): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      readNames(item, names);
    }
  } else if (isJsonObject(value)) {
    for (const name of namesOf(value)) {
      names.count += 1;
      names.fault ??= faultOfName(name);
      readNames(value[name], names);
    }
  }
}

/** Undefined if the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first character, in values and keys, that D1 cannot store as it is. */
function findUntext(value: unknown): string | null {
  if (typeof value === 'string') {
    return untextIn(value);
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const parts: unknown[] = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
  for (const part of parts) {
    const untext = findUntext(part);
    if (untext !== null) {
      return untext;
    }
  }
  return null;
}

function untextIn(string: string): string | null {
  if (string.includes('\0')) {
    return 'U+0000';
  }
  return string.isWellFormed() ? null : 'half of a surrogate pair';
}
