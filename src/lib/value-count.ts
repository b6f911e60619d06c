// Counts the values of JSON from its bytes, so that too many are never built.

/** Each value takes at least one byte, and all but one follow a comma or a bracket. */
const LEAST_BYTES = 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** JSON's whitespace is at or below this character. */
const SPACE = 0x20;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Checks for more than `most` values: the value itself, one per comma, and one per non-empty bracket. The count of text
 * that is not JSON may be wrong.
 */
export function hasMoreValuesThan(bytes: Uint8Array, most: number): boolean {
  if (bytes.byteLength < most * LEAST_BYTES) {
    return false;
  }
  let values = 1;
  let isOpened = false;
  for (let at = 0; at < bytes.byteLength && values <= most; at += 1) {
    const byte = bytes[at] ?? SPACE;
    if (byte === COMMA) {
      values += 1;
    } else if (byte > SPACE) {
      // The first value in a bracket has no comma before it.
      values += isOpened && !CLOSING.has(byte) ? 1 : 0;
      isOpened = OPENING.has(byte);
      at = byte === QUOTE ? endOfBytes(bytes, at) : at;
    }
  }
  return values > most;
}

/** The index of the closing quote, found as in `endOfString`. */
function endOfBytes(bytes: Uint8Array, start: number): number {
  let quote = bytes.indexOf(QUOTE, start + 1);
  while (quote !== -1) {
    let first = quote;
    while (bytes[first - 1] === BACKSLASH) {
      first -= 1;
    }
    if ((quote - first) % 2 === 0) {
      return quote;
    }
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  return bytes.byteLength;
}
