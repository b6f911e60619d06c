// Judges a customer's input by the model's schema, with a standard validator (draft 2020-12, no eval). The verdict
// is all that is used: the input is neither changed nor completed. What cannot be judged is refused.

import type { JsonError } from 'json-schema-library';
import { translate } from './dialect.ts';
import { createEffort, type Effort } from './effort.ts';
import { describe, stepsTo, type InputError } from './input-error.ts';
import { unknownMembers } from './unknown-members.ts';
import { cut } from '../../lib/cut.ts';
import { isDeeperThan } from '../../lib/json.ts';
import { createValidator, type Validator } from './validator.ts';
import { MAX_ERRORS } from './keyword.ts';

export type { InputError };

export type Judge = {
  /** What is wrong with the input, deepest first, at most 20 of those that count; empty when none does. */
  check: (input: Record<string, unknown>, counts?: (error: InputError) => boolean) => InputError[];
  /** Paths of members that the schema does not name, at most 20, each at most 80 characters. */
  unknown: (input: Record<string, unknown>) => string[];
  /** What it takes in memory. */
  bytes: number;
};

/** As deep as a customer's body may be. */
const MAX_DEPTH = 64;
const MAX_REASON_CHARS = 300;
/** To put an error into words. */
const DESCRIBE_STEPS = 50;
/** Ten times the largest of RunComfy's. */
export const MAX_SCHEMA_CHARS = 256 * 1024;
/** What the library takes for a validator, and for each place of its schema (measured). */
const LEAST_BYTES = 10_000;
const BYTES_A_PLACE = 1_400;

/** Whatever the mode: what is not judged could be priced at anything. */
const TOO_MUCH: InputError = {
  path: '',
  rule: 'schema',
  message: 'The body is too much to be judged by the schema of this model; send less.',
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
  if (isDeeperThan(schema, MAX_DEPTH)) {
    return { ok: false, reason: `it is nested deeper than ${MAX_DEPTH} levels` };
  }
  const chars = JSON.stringify(schema).length;
  if (chars > MAX_SCHEMA_CHARS) {
    return { ok: false, reason: `it has ${chars} characters, more than ${MAX_SCHEMA_CHARS}` };
  }
  const { schema: translated, notes, faults } = translate(schema);
  const [fault] = faults;
  if (fault !== undefined) {
    return { ok: false, reason: cut(fault, MAX_REASON_CHARS) };
  }
  const validator = createValidator(translated);
  if ('fault' in validator) {
    return { ok: false, reason: cut(validator.fault, MAX_REASON_CHARS) };
  }
  const judge: Judge = {
    check: (input, counts = () => true) => check(validator, input, counts),
    unknown: (input) => unknownMembers(translated, input),
    bytes: LEAST_BYTES + validator.places * BYTES_A_PLACE,
  };
  const told = notes.map((note) => cut(note, MAX_REASON_CHARS));
  return { ok: true, judge, notes: told };
}

function check(
  validator: Validator,
  input: Record<string, unknown>,
  counts: (error: InputError) => boolean,
): InputError[] {
  const errors = validator.errorsOf(input);
  if (errors === null) {
    return [TOO_MUCH];
  }
  if (errors.length === 0) {
    return [];
  }
  const effort = createEffort();
  return effort.bounded(() => tell(errors, input, { counts, effort })) ?? [TOO_MUCH];
}

type Telling = { counts: (error: InputError) => boolean; effort: Effort };

function tell(
  errors: JsonError[],
  input: Record<string, unknown>,
  { counts, effort: { spend } }: Telling,
): InputError[] {
  const located = errors
    .map((error) => ({ error, steps: stepsTo(error.data.pointer, input, spend) }))
    .toSorted((a, b) => b.steps.length - a.steps.length);
  // What does not count must not push out what does, so the list is cut last.
  const told: InputError[] = [];
  for (const { error, steps } of located) {
    if (told.length === MAX_ERRORS) {
      break;
    }
    spend(DESCRIBE_STEPS);
    const described = describe(error, steps, input);
    if (counts(described)) {
      told.push(described);
    }
  }
  return told;
}
