// The condition of a schema. Not written out, as an object with a member `then` looks like a promise to the linter.

export function conditional(condition: unknown, then: unknown, otherwise?: unknown): Record<string, unknown> {
  const entries = [
    ['if', condition],
    ['then', then],
    ...(otherwise === undefined ? [] : [['else', otherwise]]),
  ];
  return Object.fromEntries(entries);
}
