// Judges a customer's input by the model's schema, in JSON Schema draft 2020-12. Only the verdict is used: the input is neither
// changed nor completed. An input that cannot be judged is refused.

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
   * The errors of the input, deepest first, at most 20; empty if it is valid. `about` limits them to these inputs.
   */
  check: (input: Record<string, unknown>, about?: ReadonlySet<string>) => InputError[];
  /** Paths of members that the schema does not name, at most 20, each at most 80 characters. */
  unknown: (input: Record<string, unknown>) => string[];
  /** Its size in memory. */
  bytes: number;
};

/** The same depth as for a customer's body. */
const MAX_DEPTH = 64;
const MAX_REASON_CHARS = 300;
/** Ten times the largest schema of RunComfy. */
export const MAX_SCHEMA_CHARS = 256 * 1024;
/** Each takes the engine one to four milliseconds to compile. */
const MAX_CLASSES = 20;
/** A class of Unicode such as \p{L}, in JSON. */
const CLASS = /\\\\[pP]\{/g;
/** Upper bounds for the memory of a validator and of each place in its schema (measured: 1,300 and 1,200). */
const LEAST_BYTES = 10_000;
const BYTES_A_PLACE = 1_400;

/** Refused in every mode, because an input that is not judged could get any price. */
const TOO_MUCH: InputError = {
  path: '',
  rule: 'schema',
  message: 'The body is too complex to validate against the schema of this model. Send a smaller body.',
};

export type Compiled = { ok: true; judge: Judge; notes: string[] } | { ok: false; reason: string };

/**
 * The judge of a schema, or the reason why there is none. A schema that the validator does not fully understand cannot judge:
 * it would accept values that it cannot read.
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
  return { ok: true, judge, notes: notes.map((note) => cut(note, MAX_REASON_CHARS)) };
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
