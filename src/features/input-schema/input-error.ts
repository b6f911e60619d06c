// What a customer is told about a value that breaks the schema: where, which rule, what is allowed, what was sent.
// Short whatever was sent.

import type { JsonError } from 'json-schema-library';
import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { memberPath, type Step } from '../../lib/member-path.ts';
import { codeOf } from './keyword.ts';

/** `path` as in `image_urls[0]`, '' for the body. `rule` is the schema's keyword. */
export type InputError = { path: string; rule: string; message: string; allowed?: unknown; sent?: unknown };

/** To list a name and to compare it. */
const NAME_STEPS = 6;
const MAX_SENT_CHARS = 80;
const MAX_PATH_CHARS = 200;
/** Of what is allowed: so many values, each and all together no longer than this. */
const MAX_ALLOWED = 50;
const MAX_VALUE_CHARS = 200;
const MAX_ALLOWED_CHARS = 1500;

/** The validator's codes that are not the schema's keyword with -error behind it. */
const RULES: Record<string, string> = {
  'required-property': 'required',
  'no-additional-properties': 'additionalProperties',
  'missing-dependency': 'dependentRequired',
  'invalid-property-name': 'propertyNames',
  'multiple-one-of': 'oneOf',
  'unevaluated-property': 'unevaluatedProperties',
  'invalid-data': 'false',
  'contains-any': 'contains',
  'contains-min': 'contains',
  'contains-max': 'contains',
};

/** Where the error of a rule names an input that its pointer leaves out. */
const NAMES: Record<string, string> = {
  required: 'key',
  dependentRequired: 'missingProperty',
  propertyNames: 'property',
};

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

/** The error for whoever sent `input`; `steps` lead to the value in it. */
export function describe(error: JsonError, steps: Step[], input: unknown): InputError {
  const rule = ruleOf(codeOf(error));
  const name = error.data[NAMES[rule] ?? ''];
  const place = typeof name === 'string' ? [...steps, name] : steps;
  const path = cut(memberPath(place), MAX_PATH_CHARS);
  if (rule === 'required' || rule === 'dependentRequired') {
    return { path, rule, message: `${path} is required.` };
  }
  const sent = shorten(valueAt(input, place));
  const allowed = allowedBy(rule, error.data.schema);
  const sentence = SENTENCES[rule]?.(textOf(allowed)) ?? `breaks the rule ${rule}`;
  return {
    path,
    rule,
    message: `${path === '' ? 'The body' : path} ${sentence}; sent was ${sent.text}.`,
    ...(allowed === undefined ? {} : { allowed }),
    sent: sent.value,
  };
}

/** `max-items-error` → maxItems. */
function ruleOf(code: string): string {
  const words = code.replace(/-error$/, '');
  return RULES[words] ?? words.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
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

/** As many as fit: a list of thousands helps nobody. */
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

/** The value, or the start of its text where that is long. */
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

/** Names and indexes that lead to the value. The pointer does not escape names, so the input tells where one ends. */
export function stepsTo(pointer: string, input: unknown, spend: (steps: number) => void): Step[] {
  const steps: Step[] = [];
  const start = pointer.indexOf('/');
  let rest = start === -1 ? null : pointer.slice(start + 1);
  let value = input;
  while (rest !== null) {
    spend(1);
    const name = firstName(rest, value, spend);
    steps.push(Array.isArray(value) ? Number(name) : name);
    value = valueAt(value, [name]);
    rest = name.length < rest.length ? rest.slice(name.length + 1) : null;
  }
  return steps;
}

/** The longest name of the value that `rest` starts with. */
function firstName(rest: string, value: unknown, spend: (steps: number) => void): string {
  const slash = rest.indexOf('/');
  if (slash === -1) {
    return rest;
  }
  const names = isJsonObject(value) ? Object.keys(value) : [];
  spend(NAME_STEPS * names.length);
  return names
    .filter((name) => rest.startsWith(name) && (name.length === rest.length || rest[name.length] === '/'))
    .reduce((longest, name) => (name.length > longest.length ? name : longest), rest.slice(0, slash));
}

function valueAt(value: unknown, steps: Step[]): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) {
      return at[Number(step)];
    }
    return isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, value);
}

/** What was sent, as a value and as words. */
function shorten(value: unknown): { value: unknown; text: string } {
  if (Array.isArray(value) || isJsonObject(value)) {
    const words = Array.isArray(value) ? `a list of ${plural(String(value.length), 'item')}` : 'an object';
    return { value: words, text: words };
  }
  const short = typeof value === 'string' ? cut(value, MAX_SENT_CHARS) : value;
  return { value: short, text: JSON.stringify(short) };
}
