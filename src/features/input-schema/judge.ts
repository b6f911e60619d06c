// Judges a customer's input by the model's schema, in JSON Schema's draft 2020-12. The verdict is all that is used: the
// input is neither changed nor completed. What cannot be judged is refused.

import { translate } from './dialect.ts';
import { describe, type InputError } from './input-error.ts';
import { unknownMembers } from './unknown-members.ts';
import { cut } from '../../lib/cut.ts';
import { isDeeperThan } from '../../lib/json.ts';
import { MAX_ERRORS } from './run.ts';
import { createValidator, MAX_PLACES, type Validator } from './validator.ts';

export type { InputError };

export type Judge = {
  /**
   * The errors of the input, deepest first, at most 20; empty when it is valid. `about`: errors of other inputs than
   * these are left out.
   */
  check: (input: Record<string, unknown>, about?: ReadonlySet<string>) => InputError[];
  /** Paths of members that the schema does not name, at most 20, each at most 80 characters. */
  unknown: (input: Record<string, unknown>) => string[];
  /** What it takes in memory. */
  bytes: number;
};

/** As deep as a customer's body may be. */
const MAX_DEPTH = 64;
const MAX_REASON_CHARS = 300;
/** Ten times the largest of RunComfy's. */
export const MAX_SCHEMA_CHARS = 256 * 1024;
/** Each takes the engine a millisecond to compile, and some four. */
const MAX_CLASSES = 20;
/** A class of Unicode such as \p{L}, in JSON. */
const CLASS = /\\\\[pP]\{/g;
/** What a validator takes, and each place of its schema: no more than this (1,300 and 1,200 were measured). */
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
  const text = JSON.stringify(schema);
  if (text.length > MAX_SCHEMA_CHARS) {
    return { ok: false, reason: `it has ${text.length} characters, more than ${MAX_SCHEMA_CHARS}` };
  }
  if ((text.match(CLASS) ?? []).length > MAX_CLASSES) {
    return {
      ok: false,
      reason: String.raw`its patterns have more than ${MAX_CLASSES} classes such as \p{L}`,
    };
  }
  const { schema: translated, notes, faults } = translate(schema);
  const [fault] = faults;
  if (fault !== undefined) {
    return { ok: false, reason: cut(fault, MAX_REASON_CHARS) };
  }
  const validator = createValidator(translated);
  if (validator === null) {
    return { ok: false, reason: `it has more than ${MAX_PLACES} places` };
  }
  const judge: Judge = {
    check: (input, about) => check(validator, input, about ?? null),
    unknown: (input) => unknownMembers(translated, input),
    bytes: LEAST_BYTES + validator.places * BYTES_A_PLACE,
  };
  const told = notes.map((note) => cut(note, MAX_REASON_CHARS));
  return { ok: true, judge, notes: told };
}

function check(
  validator: Validator,
  input: Record<string, unknown>,
  about: ReadonlySet<unknown> | null,
): InputError[] {
  const broken = validator.brokenBy(input, about);
  return broken === null
    ? [TOO_MUCH]
    : broken
        .toSorted((a, b) => b.steps.length - a.steps.length)
        .slice(0, MAX_ERRORS)
        .map((rule) => describe(rule, input));
}
