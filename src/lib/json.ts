// Reads the JSON that clients send, so that we see what RunComfy and D1 will see: anything that two readers could read
// in two ways (duplicate keys, invalid UTF-8, a byte-order mark, strings that are no text) is refused, and so is what
// no honest client sends.

export type StrictJson = { ok: true; value: unknown } | { ok: false; detail: string };

const MAX_DEPTH = 64;
/** A model's input has tens of values. Millions of tiny ones would take many times the body's size in memory. */
const MAX_VALUES = 100_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value of the bytes, or a sentence that says why they are refused. Takes time linear in their number. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  if (bytes.byteLength === 0) {
    return { ok: false, detail: 'There is no body; send a JSON object.' };
  }
  const text = decode(bytes);
  if (text === null) {
    return { ok: false, detail: 'The body is not valid UTF-8.' };
  }
  if (text.startsWith('\uFEFF')) {
    return { ok: false, detail: 'The body starts with a byte-order mark; send plain UTF-8.' };
  }
  // First, so that what is too deep or too much is never built.
  const fault = scan(text);
  if (fault !== null) {
    return { ok: false, detail: fault };
  }
  const value = parse(text);
  if (value === undefined) {
    return { ok: false, detail: 'The body is not valid JSON.' };
  }
  // Only an escape brings in what is no text: the bytes are valid UTF-8, and JSON has no raw control characters.
  const untext = text.includes('\\u') ? findUntext(value) : null;
  return untext === null
    ? { ok: true, value }
    : { ok: false, detail: `A string in the body holds ${untext}, which is no text.` };
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

/** Outside of strings only these matter: brackets, commas, the start of a string, numbers. */
const COUNTED = new Set(['{', '[', ',']);
const tokens = /["{}[\],]|-?\d[\d.eE+-]*/g;

/**
 * Walks text that is JSON or will be refused by JSON.parse, so little has to be looked at: a string behind `{` or
 * behind a `,` of an object is a key, and nothing else is.
 */
function scan(text: string): string | null {
  /** For each open bracket the keys seen in it, or null for an array. */
  const open: (Set<string> | null)[] = [];
  let before = '';
  let values = 0;
  tokens.lastIndex = 0;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [token] = match;
    let fault: string | null = null;
    if (token === '"') {
      const end = endOfString(text, match.index);
      const keys = open.at(-1) ?? null;
      const isKey = keys !== null && (before === '{' || before === ',');
      fault = isKey ? faultOfKey(text.slice(match.index, end), keys) : null;
      tokens.lastIndex = end;
    } else {
      fault = step(open, token);
    }
    if (fault !== null) {
      return fault;
    }
    before = token;
    values += COUNTED.has(token) ? 1 : 0;
    if (values > MAX_VALUES) {
      return `The body has more than ${MAX_VALUES} values.`;
    }
  }
  return null;
}

/** A bracket or a number; commas only matter to what follows them. */
function step(open: (Set<string> | null)[], token: string): string | null {
  switch (token) {
    case '{':
    case '[':
      open.push(token === '{' ? new Set() : null);
      return open.length > MAX_DEPTH ? `The body is nested deeper than ${MAX_DEPTH} levels.` : null;
    case '}':
    case ']':
      open.pop();
      return null;
    case ',':
      return null;
    default:
      return Math.abs(Number(token)) < Infinity || Number.isNaN(Number(token))
        ? null
        : `The number ${token.slice(0, 40)} is too large.`;
  }
}

/** The index behind the closing quote: the first one with an even number of backslashes before it, if there is one. */
export function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1) {
    let first = quote;
    while (text[first - 1] === '\\') {
      first -= 1;
    }
    if ((quote - first) % 2 === 0) {
      return quote + 1;
    }
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function faultOfKey(quoted: string, seen: Set<string>): string | null {
  const key = unquoted(quoted);
  if (key === null) {
    return 'The body is not valid JSON.';
  }
  if (key in Object.prototype) {
    // Such as __proto__ and constructor: no model has an input of that name, and libraries trip over them.
    return `The key ${shown(key)} is not accepted.`;
  }
  if (seen.has(key)) {
    return `The key ${shown(key)} stands twice in one object.`;
  }
  seen.add(key);
  return null;
}

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 40));
}

function unquoted(quoted: string): string | null {
  if (!quoted.includes('\\')) {
    return quoted.length > 1 && quoted.endsWith('"') ? quoted.slice(1, -1) : null;
  }
  try {
    return String(JSON.parse(quoted));
  } catch {
    return null;
  }
}
