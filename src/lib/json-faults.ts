// Finds JSON that is valid but that no honest client sends: deep nesting, duplicate keys, numbers beyond a double,
// thousands of strings of digits.

const MAX_DEPTH = 64;

const [QUOTE, COMMA, MINUS, ZERO, NINE] = [0x22, 0x2c, 0x2d, 0x30, 0x39];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** `keys`: the keys that `repeatedKeyIn` has seen so far in an object. */
type Open = { isObject: boolean; keys: Set<string> | null };

/** Beside digits and a sign: + . E e */
const OTHERS_OF_NUMBER = new Set([0x2b, 0x2e, 0x45, 0x65]);
/** 2e308 is the shortest number with an exponent that no double can hold. */
const SHORTEST_TOO_LARGE = 5;
const LONGEST_PLAIN_NUMBER = 300;

/**
 * The fault of the text, or null, and the number of its keys. Grammar is left to JSON.parse and repeated keys to
 * `repeatedKeyIn`, so the scan looks at little: a string after `{`, or after a `,` in an object, is a key, and nothing else is.
 */
export function scan(text: string): { fault: string | null; keys: number } {
  let keys = 0;
  const fault = walk(text, () => {
    keys += 1;
    return null;
  });
  return { fault, keys };
}

/** The first key that stands twice in one object. Only for text in which JSON.parse found fewer names than `scan` found keys. */
export function repeatedKeyIn(text: string): string | null {
  return walk(text, (object, start, end) => {
    const key = String(JSON.parse(text.slice(start, end)));
    object.keys ??= new Set();
    if (object.keys.has(key)) {
      return `The key ${shown(key)} stands twice in one object.`;
    }
    object.keys.add(key);
    return null;
  });
}

/**
 * V8 does not seed the hashes of array indexes, so a client can send thousands that collide. JSON.parse keeps short
 * strings in a hash table, and 200 KB of them take it seconds. Shorter ones, such as the ids of a workflow's nodes, are too
 * few to collide.
 */
export const MAX_NUMERALS = 1_000;
/** Each digit can be an escape. */
const NUMERAL = /"(?:\d|\\u003\d){6,10}"/g;

/** The number of strings of 6 to 10 digits in JSON that is not parsed yet; one more than the most is enough. */
export function numeralsIn(text: string): number {
  NUMERAL.lastIndex = 0;
  let count = 0;
  while (count <= MAX_NUMERALS && NUMERAL.test(text)) {
    count += 1;
  }
  return count;
}

const PROTOTYPE_NAMES = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Names such as __proto__ and constructor are refused: no model has such an input, and libraries mishandle them. */
export function faultOfName(name: string): string | null {
  return PROTOTYPE_NAMES.has(name) ? `The key ${shown(name)} is not accepted.` : null;
}

/** `faultOfKey` gets each key: its object, and where it starts and ends in the text with its quotes. */
function walk(
  text: string,
  faultOfKey: (object: Open, start: number, end: number) => string | null,
): string | null {
  const open: Open[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE: {
        const end = endOfString(text, at);
        const object = open.at(-1);
        const fault = isKeyNext && object !== undefined ? faultOfKey(object, at, end) : null;
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
        const end = endOfNumber(text, at, code);
        if (end - at >= SHORTEST_TOO_LARGE && isTooLarge(text.slice(at, end))) {
          return `The number ${text.slice(at, Math.min(end, at + 40))} is too large.`;
        }
        at = Math.max(at, end - 1);
      }
    }
  }
  return null;
}

/** The index after the last character of the number at `start`; `start` if no number starts there. */
function endOfNumber(text: string, start: number, first: number): number {
  let end = start;
  let code = first;
  while (isDigit(code) || code === MINUS || (end > start && OTHERS_OF_NUMBER.has(code))) {
    end += 1;
    code = text.charCodeAt(end);
  }
  return end;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isTooLarge(digits: string): boolean {
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

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 40));
}
