// How many values JSON has, counted on its bytes: what has too many is never built.

/** A value takes a byte and, but for one, a comma or a bracket before it. */
const LEAST_BYTES = 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
    switch (bytes[at]) {
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        break;
      case 0x5b:
      case 0x7b:
        values += isOpened ? 1 : 0;
        isOpened = true;
        break;
      case 0x5d:
      case 0x7d:
        isOpened = false;
        break;
      case 0x2c:
        values += 1;
        break;
      case QUOTE:
        at = endOfBytes(bytes, at);
        values += isOpened ? 1 : 0;
        isOpened = false;
        break;
      default:
        values += isOpened ? 1 : 0;
        isOpened = false;
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
