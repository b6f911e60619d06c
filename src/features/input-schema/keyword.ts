// A keyword of the JSON Schema library, and how another check takes its place.

import { draft2020, type JsonError } from 'json-schema-library';

export type Keyword = (typeof draft2020)['keywords'][number];
export type Check = NonNullable<Keyword['validate']>;
export type At = Parameters<Check>[0];

export const MAX_ERRORS = 20;

/** The validator's name for what is wrong, such as max-items-error. */
export function codeOf(error: JsonError): string {
  return typeof error.code === 'string' ? error.code : 'schema-error';
}

export function keyword(name: string): Keyword {
  const found = draft2020.keywords.find((candidate) => candidate.keyword === name);
  if (found === undefined) {
    throw new Error(`the validator has no keyword ${name}`);
  }
  return found;
}

/** The library's keyword with another check. `kind`: the values that it is about; all others pass. */
export function replaced(name: string, check: Check, kind?: 'number' | 'string'): Keyword {
  const validate: Check = (at) => (kind === undefined || typeof at.data === kind ? check(at) : undefined);
  return { ...keyword(name), validate };
}

export function unless(isValid: boolean, at: At, code: string): JsonError | undefined {
  return isValid ? undefined : errorAt(at, code);
}

export function errorAt({ node, data, pointer }: At, code: string): JsonError {
  return node.createError(code, { pointer, schema: node.schema, value: data });
}

/** Stops once there is enough to tell: a long list of wrong items must not become a longer list of errors. */
export function errorsOfAll<T>(members: T[], errorsOf: (member: T) => JsonError[]): JsonError[] {
  const errors: JsonError[] = [];
  for (const member of members) {
    if (errors.length >= MAX_ERRORS) {
      break;
    }
    errors.push(...errorsOf(member));
  }
  return errors;
}

export function isEmpty(errors: JsonError[]): boolean {
  return errors.length === 0;
}
