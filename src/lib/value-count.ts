// How many values JSON has, counted on its bytes: what has too many is never built.

/** A value takes a byte and, but for one, a comma or a bracket before it. */
const LEAST_BYTES = 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** All that JSON has between values is not above it. */
const SPACE = 0x20;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Whether the JSON of these bytes has more than `most` values: itself, and one for each comma and each bracket that
 * something stands in. What is no JSON may be counted wrong.
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
      // The first thing in a bracket that is not its end is a value that no comma stands before.
      values += isOpened && !CLOSING.has(byte) ? 1 : 0;
      isOpened = OPENING.has(byte);
      at = byte === QUOTE ? endOfBytes(bytes, at) : at;
    }
  }
  return values > most;
}

/** The index of the quote that closes the string, as `endOfString` finds it. */
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
