// Finds JSON that is valid but that no honest client sends: deep nesting, duplicate keys, numbers beyond a double.

const MAX_DEPTH = 64;

const [QUOTE, COMMA, MINUS, ZERO, NINE] = [0x22, 0x2c, 0x2d, 0x30, 0x39];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Keys seen so far in an object; null for an array or an empty object. */
type Open = { isObject: boolean; keys: Set<string> | null };

/** Matches an exponent, which can take a number beyond a double. */
const LONGEST_PLAIN_NUMBER = 300;
const number = /-?\d[\d.eE+-]*/y;

/**
 * The fault of the text, or null. Grammar is left to JSON.parse, so little needs a look: a string after `{`, or after a
 * `,` in an object, is a key, and nothing else is.
 */
export function faultIn(text: string): string | null {
  const open: Open[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE: {
        const end = endOfString(text, at);
        const fault = isKeyNext ? faultOfKey(text.slice(at, end), open) : null;
        if (fault !== null) {
          return fault;
        }
        isKeyNext = false;
        at = end - 1;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        isKeyNext = code === OPEN_OBJECT;
        open.push({ isObject: isKeyNext, keys: null });
        if (open.length > MAX_DEPTH) {
          return `The body is nested deeper than ${MAX_DEPTH} levels.`;
        }
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        isKeyNext = false;
        break;
      case COMMA:
        isKeyNext = open.at(-1)?.isObject === true;
        break;
      default: {
        const digits = digitsAt(text, at, code);
        if (isTooLarge(digits)) {
          return `The number ${digits.slice(0, 40)} is too large.`;
        }
        at += Math.max(0, digits.length - 1);
      }
    }
  }
  return null;
}

/** '' if no number starts here. */
function digitsAt(text: string, at: number, code: number): string {
  if (code !== MINUS && (code < ZERO || code > NINE)) {
    return '';
  }
  number.lastIndex = at;
  return number.exec(text)?.[0] ?? '';
}

function isTooLarge(digits: string): boolean {
  if (digits === '') {
    return false;
  }
  const isPlain = digits.length < LONGEST_PLAIN_NUMBER && !/[eE]/.test(digits);
  return !isPlain && Math.abs(Number(digits)) === Infinity;
}

/** The index after the closing quote: the first quote with an even number of backslashes before it. */
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

function faultOfKey(quoted: string, open: Open[]): string | null {
  const key = unquoted(quoted);
  const object = open.at(-1);
  if (key === null || object === undefined) {
    return 'The body is not valid JSON.';
  }
  if (key in Object.prototype) {
    // Names such as __proto__ and constructor: no model has such an input, and libraries mishandle them.
    return `The key ${shown(key)} is not accepted.`;
  }
  object.keys ??= new Set();
  if (object.keys.has(key)) {
    return `The key ${shown(key)} stands twice in one object.`;
  }
  object.keys.add(key);
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
