// The names of an object's members, listed once for an object that is never changed.

/** V8 sorts the names of a large object on each listing, which takes half as long as to parse it. */
const LARGE = 1_000;

const kept = new WeakMap<object, readonly string[]>();

export function namesOf(object: object): readonly string[] {
  const known = kept.get(object);
  if (known !== undefined) {
    return known;
  }
  const names = Object.keys(object);
  if (names.length > LARGE) {
    kept.set(object, names);
  }
  return names;
}
