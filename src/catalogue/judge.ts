// Judges a customer's input by the model's schema, with a standard validator (draft 2020-12, no eval). The verdict
// is all that is used: the input is neither changed nor completed.

import { compileSchema, draft2020, type JsonError, type SchemaNode } from 'json-schema-library';
import { isJsonObject } from '../lib/json.ts';
import { translate } from './dialect.ts';

export type InputError = { path: string; rule: string; message: string; allowed?: unknown; sent?: unknown };

export type Judge = {
  /** What is wrong with the input, deepest first, at most 20; empty when it is valid. */
  check: (input: Record<string, unknown>) => InputError[];
};

export type Compiled = { ok: true; judge: Judge; notes: string[] } | { ok: false; reason: string };

const MAX_ERRORS = 20;
const MAX_SENT_CHARS = 80;

/** A pattern such as (a+)+ can take for ever on a short text; a quantified group with a quantifier inside. */
const BACKTRACKS = /\([^)]*[*+{][^)]*\)[*+{]/;

/**
 * The judge of a schema, or why it cannot be one. A schema that the validator does not fully understand judges
 * nothing: it would wave through what it cannot read.
 */
export function compileJudge(schema: Record<string, unknown>): Compiled {
  if (schema['type'] !== 'object') {
    return { ok: false, reason: 'its type must be "object"' };
  }
  const text = JSON.stringify(schema);
  if (text.includes('"$ref"') || text.includes('"$dynamicRef"')) {
    return { ok: false, reason: 'references ($ref) are not resolved' };
  }
  const pattern = patternsIn(schema).find((source) => BACKTRACKS.test(source));
  if (pattern !== undefined) {
    return { ok: false, reason: `the pattern ${pattern} could take for ever` };
  }
  const translated = translate(schema);
  try {
    const node = compileSchema(translated.schema, { drafts: [draft2020], formatAssertion: false });
    const [mistake] = node.schemaErrors ?? [];
    return mistake === undefined
      ? { ok: true, judge: { check: (input) => check(node, input) }, notes: translated.notes }
      : { ok: false, reason: mistake.message };
  } catch {
    return { ok: false, reason: 'the validator cannot read it' };
  }
}

function check(node: SchemaNode, input: Record<string, unknown>): InputError[] {
  return node
    .validate(input)
    .errors.toSorted((a, b) => depthOf(b) - depthOf(a))
    .slice(0, MAX_ERRORS)
    .map(describe);
}

function depthOf(error: JsonError): number {
  return pointerOf(error).split('/').length;
}

function pointerOf(error: JsonError): string {
  return error.data.pointer;
}

function codeOf(error: JsonError): string {
  return typeof error.code === 'string' ? error.code : 'schema-error';
}

/** The names of the facts in the validator's errors, by rule: what is allowed. */
const ALLOWED: Record<string, string> = {
  enum: 'values',
  type: 'expected',
  maximum: 'maximum',
  minimum: 'minimum',
  exclusiveMaximum: 'maximum',
  exclusiveMinimum: 'minimum',
  maxLength: 'maxLength',
  minLength: 'minLength',
  maxItems: 'maximum',
  minItems: 'minItems',
  multipleOf: 'multipleOf',
  additionalProperties: 'properties',
  pattern: 'pattern',
};

function describe(error: JsonError): InputError {
  const rule = ruleOf(codeOf(error));
  const data: Record<string, unknown> = { ...error.data };
  const path = pathOf(pointerOf(error));
  if (rule === 'required') {
    const missing = path === '' ? String(data['key']) : `${path}.${String(data['key'])}`;
    return { path: missing, rule, message: `${missing} is required.` };
  }
  const allowed = data[ALLOWED[rule] ?? ''];
  const sent = cut(rule === 'additionalProperties' ? data['property'] : data['value']);
  const name = path === '' ? 'The body' : path;
  return {
    path,
    rule,
    message: `${name} ${sentence(rule, allowed)}; sent was ${sent}.`,
    ...(allowed === undefined ? {} : { allowed }),
    sent,
  };
}

function sentence(rule: string, allowed: unknown): string {
  const list = Array.isArray(allowed)
    ? allowed.map((value) => JSON.stringify(value)).join(', ')
    : String(allowed);
  switch (rule) {
    case 'type':
      return `must be of type ${Array.isArray(allowed) ? allowed.join(' or ') : list}`;
    case 'enum':
      return `must be one of ${list}`;
    case 'maximum':
      return `must be at most ${list}`;
    case 'minimum':
      return `must be at least ${list}`;
    case 'maxLength':
      return `must have at most ${list} characters`;
    case 'minLength':
      return `must have at least ${list} characters`;
    case 'maxItems':
      return `must have at most ${list} items`;
    case 'minItems':
      return `must have at least ${list} items`;
    case 'additionalProperties':
      return `is not an input of this model; there are ${list}`;
    default:
      return `breaks the rule ${rule}${allowed === undefined ? '' : ` ${list}`}`;
  }
}

/** `max-items-error` → maxItems: the schema's keyword, which the caller can look up. */
function ruleOf(code: string): string {
  const words = code.replace(/-error$/, '');
  const known: Record<string, string> = {
    'required-property': 'required',
    'no-additional-properties': 'additionalProperties',
  };
  return known[words] ?? words.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

/** `#/image_urls/0` → `image_urls[0]`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part, index) =>
      /^\d+$/.test(part) && index > 0 ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`,
    )
    .join('');
}

function cut(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= MAX_SENT_CHARS ? text : `${text.slice(0, MAX_SENT_CHARS)}…`;
}

function patternsIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(patternsIn);
  }
  if (!isJsonObject(value)) {
    return [];
  }
  return Object.entries(value).flatMap(([name, child]) =>
    name === 'pattern' && typeof child === 'string' ? [child] : patternsIn(child),
  );
}
