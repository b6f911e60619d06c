// Judges a customer's input by the model's schema, with a standard validator (draft 2020-12, no eval). The verdict
// is all that is used: the input is neither changed nor completed. What cannot be judged is refused.

import type { JsonError } from 'json-schema-library';
import { translate } from './dialect.ts';
import { describe, type InputError } from './input-error.ts';
import { createValidator, MAX_ERRORS, type Validator } from './validator.ts';

export type { InputError };

export type Judge = {
  /** What is wrong with the input, deepest first, at most 20 of those that count; empty when none does. */
  check: (input: Record<string, unknown>, counts?: (error: InputError) => boolean) => InputError[];
  unknown: (input: Record<string, unknown>) => string[];
};

export type Compiled = { ok: true; judge: Judge; notes: string[] } | { ok: false; reason: string };

/**
 * The judge of a schema, or why it cannot be one. A schema that the validator does not fully understand judges
 * nothing: it would wave through what it cannot read.
 */
export function compileJudge(schema: Record<string, unknown>): Compiled {
  if (schema['type'] !== 'object') {
    return { ok: false, reason: 'its type must be "object"' };
  }
  const { schema: translated, notes, faults } = translate(schema);
  const [fault] = faults;
  if (fault !== undefined) {
    return { ok: false, reason: fault };
  }
  const validator = createValidator(translated);
  return typeof validator === 'function'
    ? { ok: true, judge: { check: (input, counts = () => true) => check(validator, input, counts), unknown: () => [] }, notes }
    : { ok: false, reason: validator.fault };
}

function check(
  validator: Validator,
  input: Record<string, unknown>,
  counts: (error: InputError) => boolean,
): InputError[] {
  // What does not count must not push out what does, so the list is cut last.
  return validator(input)
    .toSorted((a, b) => depthOf(b) - depthOf(a))
    .map((error) => describe(error, input))
    .filter(counts)
    .slice(0, MAX_ERRORS);
}

function depthOf(error: JsonError): number {
  return error.data.pointer.split('/').length;
}
