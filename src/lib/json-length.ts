// Bounds the length of JSON before it is written: JSON.stringify of a large value takes several times its size in memory.

/** True only if the value's JSON has more than `most` characters; may be false for a little longer JSON. */
export function hasLongerJsonThan(value: unknown, most: number): boolean {
  return lengthUpTo(value, most) > most;
}

/** A lower bound of the length of the value's JSON, which stops growing beyond `most`. */
function lengthUpTo(value: unknown, most: number): number {
  if (typeof value === 'string') {
    return value.length;
  }
  if (typeof value !== 'object' || value === null) {
    return 1;
  }
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let length = 0;
  for (let at = 0; at < members.length && length <= most; at += 1) {
    length += lengthUpTo(members[at], most - length);
  }
  return length;
}
