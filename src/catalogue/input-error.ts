// What a customer is told about a value that breaks the schema: where, which rule, what is allowed, what was sent.
// Short whatever was sent.

import type { JsonError } from 'json-schema-library';
import { isJsonObject } from '../lib/json.ts';
import { codeOf } from './validator.ts';

/** `path` as in `image_urls[0]`, '' for the body. `rule` is the schema's keyword. */
export type InputError = { path: string; rule: string; message: string; allowed?: unknown; sent?: unknown };

const MAX_SENT_CHARS = 80;

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

/** The error for whoever sent `input`. */
export function describe(error: JsonError, input: unknown): InputError {
  const rule = ruleOf(codeOf(error));
  const name = error.data[NAMES[rule] ?? ''];
  const steps = [...stepsTo(error.data.pointer, input), ...(typeof name === 'string' ? [name] : [])];
  const path = pathOf(steps);
  if (rule === 'required' || rule === 'dependentRequired') {
    return { path, rule, message: `${path} is required.` };
  }
  const sent = shorten(valueAt(input, steps));
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
  return rule === 'additionalProperties'
    ? Object.keys(isJsonObject(properties) ? properties : {})
    : schema[rule];
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
function stepsTo(pointer: string, input: unknown): (string | number)[] {
  const steps: (string | number)[] = [];
  let parts = pointer.split('/').slice(1);
  let value = input;
  while (parts.length > 0) {
    const length = nameLength(parts, value);
    const name = parts.slice(0, length).join('/');
    steps.push(Array.isArray(value) ? Number(name) : name);
    value = valueAt(value, [name]);
    parts = parts.slice(length);
  }
  return steps;
}

/** How many parts make up the first name: the most that together are one. */
function nameLength(parts: string[], value: unknown): number {
  for (let length = parts.length; length > 1; length -= 1) {
    if (isJsonObject(value) && Object.hasOwn(value, parts.slice(0, length).join('/'))) {
      return length;
    }
  }
  return 1;
}

function valueAt(value: unknown, steps: (string | number)[]): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) {
      return at[Number(step)];
    }
    return isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, value);
}

function pathOf(steps: (string | number)[]): string {
  return steps
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

/** What was sent, as a value and as words. */
function shorten(value: unknown): { value: unknown; text: string } {
  if (Array.isArray(value) || isJsonObject(value)) {
    const words = Array.isArray(value) ? `a list of ${plural(String(value.length), 'item')}` : 'an object';
    return { value: words, text: words };
  }
  const isLong = typeof value === 'string' && value.length > MAX_SENT_CHARS;
  const short = isLong ? `${value.slice(0, MAX_SENT_CHARS).toWellFormed()}…` : value;
  return { value: short, text: JSON.stringify(short) };
}
