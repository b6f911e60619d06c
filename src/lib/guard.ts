// Type guards for values from outside. Written without zod, which takes several times as long, above all in a new
// isolate that has to build its schemas first.

export type Is<T> = (value: unknown) => value is T;

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** A safe integer, also for sums of money: D1 returns integers exactly up to 2^53. */
export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function orNull<T>(is: Is<T>): Is<T | null> {
  return (value) => value === null || is(value);
}

/** Absent members of an object count as undefined. */
export function orAbsent<T>(is: Is<T>): Is<T | undefined> {
  return (value) => value === undefined || is(value);
}

export function oneOf<const T extends string>(values: readonly T[]): Is<T> {
  return (value): value is T => values.some((one) => one === value);
}
