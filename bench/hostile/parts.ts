// The parts of the corpus of hostile inputs.

export type HostileInput = { name: string; schema: Record<string, unknown>; input: Record<string, unknown> };

/** As many values as a body may hold, with a few to spare. */
export const MANY = 99_000;

export const named = (count: number, of: (at: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, of(at)]));
export const list = <T>(count: number, of: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => of(at));
export const about = (schema: unknown, input: unknown): Omit<HostileInput, 'name'> => ({
  schema: { type: 'object', properties: { x: schema } },
  input: { x: input },
});
export const PAIR = { kind: 'a', deep: [1, 2, 3] };
