// The error for a value that breaks the schema: path, rule, allowed values and the value that was sent. Always short.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { memberPath, type Step } from '../../lib/member-path.ts';
import type { BrokenRule } from './run.ts';

/** `path` is for example `image_urls[0]`, or '' for the body. `rule` is the keyword of the schema. */
export type InputError = { path: string; rule: string; message: string; allowed?: unknown; sent?: unknown };

const MAX_SENT_CHARS = 80;
const MAX_PATH_CHARS = 200;
/** Limits for the list of allowed values: their number, the length of each, and the total length. */
const MAX_ALLOWED = 50;
const MAX_VALUE_CHARS = 200;
const MAX_ALLOWED_CHARS = 1500;

const SENTENCES: Record<string, (allowed: string) => string> = {
  type: (allowed) => `must be of type ${allowed.replaceAll('"', '').replaceAll(', ', ' or ')}`,
  enum: (allowed) => `must be one of ${allowed}`,
  const: (allowed) => `must be ${allowed}`,
  maximum: (allowed) => `must be at most ${allowed}`,
  minimum: (allowed) => `must be at least ${allowed}`,
  exclusiveMaximum: (allowed) => `must be less than ${allowed}`,
  exclusiveMinimum: (allowed) => `must be more than ${allowed}`,
  multipleOf: (allowed) => `must be a multiple of ${allowed}`,
  maxLength: (allowed) => `must have at most ${plural(allowed, 'character')}`,
  minLength: (allowed) => `must have at least ${plural(allowed, 'character')}`,
  maxItems: (allowed) => `must have at most ${plural(allowed, 'item')}`,
  minItems: (allowed) => `must have at least ${plural(allowed, 'item')}`,
  maxProperties: (allowed) => `must have at most ${plural(allowed, 'member')}`,
  minProperties: (allowed) => `must have at least ${plural(allowed, 'member')}`,
  pattern: (allowed) => `must match the pattern ${allowed}`,
  false: () => 'is not accepted',
  uniqueItems: () => 'must not have the same item twice',
  anyOf: () => 'has none of the forms that are allowed',
  oneOf: () => 'must have exactly one of the forms that are allowed',
  additionalProperties: (allowed) =>
    `is not an input of this model${allowed === '' ? '' : `; there are ${allowed}`}`,
  unevaluatedProperties: () => 'is not an input of this model',
};

function plural(count: string, noun: string): string {
  return `${count} ${noun}${count === '1' ? '' : 's'}`;
}

/** The error for the customer who sent `input`. */
export function describe({ rule, steps, schema }: BrokenRule, input: unknown): InputError {
  const path = cut(memberPath(steps), MAX_PATH_CHARS);
  if (rule === 'required' || rule === 'dependentRequired') {
    return { path, rule, message: `${path} is required.` };
  }
  const sent = shorten(valueAt(input, steps));
  const allowed = allowedBy(rule, schema);
  const sentence = SENTENCES[rule]?.(textOf(allowed)) ?? `breaks the rule ${rule}`;
  return {
    path,
    rule,
    message: `${path === '' ? 'The body' : path} ${sentence}; sent was ${sent.text}.`,
    ...(allowed === undefined ? {} : { allowed }),
    sent: sent.value,
  };
}

function allowedBy(rule: string, schema: unknown): unknown {
  if (!isJsonObject(schema)) {
    return undefined;
  }
  const { properties } = schema;
  const allowed =
    rule === 'additionalProperties' ? Object.keys(isJsonObject(properties) ? properties : {}) : schema[rule];
  return Array.isArray(allowed) ? firstOf(allowed) : brief(allowed);
}

/** The first values that fit: a list of thousands helps nobody. */
function firstOf(allowed: unknown[]): unknown[] {
  const first: unknown[] = [];
  let room = MAX_ALLOWED_CHARS;
  for (const one of allowed.slice(0, MAX_ALLOWED).map(brief)) {
    room -= JSON.stringify(one).length;
    if (room < 0) {
      break;
    }
    first.push(one);
  }
  return first.length === allowed.length ? first : [...first, `… (${allowed.length} in all)`];
}

/** The value, or the start of a long text. */
function brief(value: unknown): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > MAX_VALUE_CHARS ? cut(text, MAX_VALUE_CHARS) : value;
}

function textOf(allowed: unknown): string {
  const isTypes = typeof allowed === 'string';
  return Array.isArray(allowed)
    ? allowed.map((one) => JSON.stringify(one)).join(', ')
    : isTypes
      ? allowed
      : JSON.stringify(allowed);
}

function valueAt(value: unknown, steps: Step[]): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) {
      return at[Number(step)];
    }
    return isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, value);
}

/** The value that was sent, shortened, as a value and in words. */
function shorten(value: unknown): { value: unknown; text: string } {
  if (Array.isArray(value) || isJsonObject(value)) {
    const words = Array.isArray(value) ? `a list of ${plural(String(value.length), 'item')}` : 'an object';
    return { value: words, text: words };
  }
  const short = typeof value === 'string' ? cut(value, MAX_SENT_CHARS) : value;
  return { value: short, text: JSON.stringify(short) };
}
