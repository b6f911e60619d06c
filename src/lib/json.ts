// Reads the JSON that clients send, so that we see what RunComfy and D1 will see: anything that two readers could read
// in two ways (duplicate keys, invalid UTF-8, a byte-order mark, strings that are no text) is refused, and so is what
// no honest client sends.

import { faultOfName, repeatedKeyIn, scan } from './json-faults.ts';
import { namesOf } from './names-of.ts';
import { Problem } from './problem.ts';
import { hasMoreValuesThan } from './value-count.ts';

/** `isTooMany`: it may be JSON, but has more values than are read. */
export type StrictJson = { ok: true; value: unknown } | { ok: false; isTooMany: boolean; detail: string };

/** A model's input has tens of values. Millions of tiny ones would take many times the body's size in memory. */
const MAX_VALUES = 100_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value of the bytes, or a sentence that says why they are refused. Takes time linear in their number. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  if (bytes.byteLength === 0) {
    return malformed('There is no body; send a JSON object.');
  }
  // First, so that what is too much is never built.
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
  const value = parse(text);
  if (value === undefined) {
    return malformed('The body is not valid JSON.');
  }
  const names: Names = { count: 0, fault: null };
  readNames(value, names);
  // JSON.parse keeps one of those that stand twice. To keep a set of all keys would take longer than to parse them.
  const faultOfNames = names.fault ?? (names.count < keys ? repeatedKeyIn(text) : null);
  if (faultOfNames !== null) {
    return malformed(faultOfNames);
  }
  // Only an escape brings in what is no text: the bytes are valid UTF-8, and JSON has no raw control characters.
  const untext = text.includes('\\u') ? findUntext(value) : null;
  return untext === null
    ? { ok: true, value }
    : malformed(`A string in the body holds ${untext}, which is no text.`);
}

/** The refusal of a body that was not read. */
export function unreadable({ isTooMany, detail }: StrictJson & { ok: false }): Problem {
  return new Problem(isTooMany ? 'body_too_large' : 'malformed_body', detail);
}

function malformed(detail: string): StrictJson {
  return { ok: false, isTooMany: false, detail };
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether objects and arrays stand in each other more than `levels` deep. Never looks deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  // A list may have millions of values: it is not copied.
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

/** How many names the objects in a value have, and why one of them is refused. */
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

/** Undefined: the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first thing in any string, names of members included, that is no text: D1 would keep something else. */
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
