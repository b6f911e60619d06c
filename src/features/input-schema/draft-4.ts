// Bounds as draft 4 writes them: `exclusiveMinimum: true` beside a minimum makes that one exclusive. Pure.

import type { Schema } from './keyword-shapes.ts';

const BOUNDS = [
  ['exclusiveMinimum', 'minimum'],
  ['exclusiveMaximum', 'maximum'],
] as const;

/** The same bounds in draft 2020-12. A switch without a bound does not change. */
export function withoutDraft4(schema: Schema): Schema {
  return BOUNDS.reduce<Schema>(
    (sofar, [exclusive, bound]) =>
      sofar[exclusive] === true && typeof sofar[bound] === 'number'
        ? { ...sofar, [exclusive]: sofar[bound] }
        : sofar,
    schema,
  );
}

export function isDraft4(keyword: string, value: unknown): boolean {
  return typeof value === 'boolean' && BOUNDS.some(([exclusive]) => exclusive === keyword);
}
