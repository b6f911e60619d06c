// Estimates how many bytes of V8's heap a value takes, rather too many than too few. Caches use it.

/** A string's header, padding included. */
const STRING_BYTES = 16;
const OBJECT_BYTES = 32;
/** A member's slot in its object, and its share of the hidden class. */
const MEMBER_BYTES = 24;
/** An array slot, or a boxed number. */
const VALUE_BYTES = 12;

const BEYOND_LATIN_1 = /[^\0-\xff]/;

/** The weight of a JSON-like value. A value referenced twice counts twice. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') {
    return weightOfText(value);
  }
  if (typeof value !== 'object' || value === null) {
    return VALUE_BYTES;
  }
  let bytes = OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) {
      bytes += VALUE_BYTES + weightOf(item);
    }
    return bytes;
  }
  for (const [name, member] of Object.entries(value)) {
    bytes += MEMBER_BYTES + name.length + weightOf(member);
  }
  return bytes;
}

function weightOfText(text: string): number {
  return STRING_BYTES + text.length * (BEYOND_LATIN_1.test(text) ? 2 : 1);
}

/** A copy of the text. A substring keeps its whole string in memory, which can be a URL of 16 KiB. */
export function ownText(text: string): string {
  // V8 flattens the concatenation before it slices, so only a string of this length stays in memory.
  return ` ${text}`.slice(1);
}
