// What is made when it is first needed: most isolates never need most schemas, and to make them all would be a
// quarter of the CPU of a cold start.

/** Makes its value at the first call and keeps it. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
