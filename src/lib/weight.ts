// How many bytes of V8's heap a value takes, rather too many than too few: what is remembered is weighed by it.

/** A string's header, padding included. */
const STRING_BYTES = 16;
const OBJECT_BYTES = 32;
/** A member's place in its object, and its share of the object's shape. */
const MEMBER_BYTES = 24;
/** An item's place in a list, or a number that is kept apart. */
const VALUE_BYTES = 12;

const BEYOND_LATIN_1 = /[^\0-\xff]/;

/** Of JSON values and what is made of them; a value that stands twice counts twice. */
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

/** The same text in memory of its own. A part of a text keeps the whole of it alive, which may be a URL of 16 KiB. */
export function ownText(text: string): string {
  // V8 makes one text of the two before it cuts one character off, so all that is kept alive is as long as this.
  return ` ${text}`.slice(1);
}
