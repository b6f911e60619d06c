// What JSON allows and no honest client sends: depth, keys that stand twice, numbers that no double holds.

const MAX_DEPTH = 64;

const [QUOTE, COMMA, MINUS, ZERO, NINE] = [0x22, 0x2c, 0x2d, 0x30, 0x39];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** `keys`: those that `repeatedKeyIn` has seen in an object. */
type Open = { isObject: boolean; keys: Set<string> | null };

/** Beside digits and a sign: + . E e */
const OTHERS_OF_NUMBER = new Set([0x2b, 0x2e, 0x45, 0x65]);
/** Of a number that no double holds: 2e308 has this length, and one without an exponent is longer than the other. */
const SHORTEST_TOO_LARGE = 5;
const LONGEST_PLAIN_NUMBER = 300;

/**
 * What is wrong with the text beside its grammar and its keys, or null; and how many keys there are.
 * Walks text that is JSON or will be refused by JSON.parse, so little has to be looked at: a string behind `{` or
 * behind a `,` of an object is a key, and nothing else is.
 */
export function scan(text: string): { fault: string | null; keys: number } {
  let keys = 0;
  const fault = walk(text, () => {
    keys += 1;
    return null;
  });
  return { fault, keys };
}

/** Why the text is refused, in which JSON.parse found less names than there are keys. */
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

const PROTOTYPE_NAMES = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Why a name is refused. No model has an input that is called __proto__ or constructor, and libraries trip over them. */
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

/** The index behind the last character of the number that starts there; `start` where none does. */
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

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 40));
}
