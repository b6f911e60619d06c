// Translates RunComfy's dialect of JSON Schema into the standard. Only keywords listed here reach the validator, each in its
// standard shape, because the validator would ignore a malformed one. Defaults never reach it: they are sample prompts, and
// comfygate never adds to a customer's input.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { isDraft4, withoutDraft4 } from './draft-4.ts';
import {
  faultOf,
  isOtherType,
  isUnusable,
  LIST,
  MAX_QUOTED_CHARS,
  NAMED,
  ONE,
  PLAIN,
  type Schema,
} from './keyword-shapes.ts';
import { isSafePattern } from './safe-pattern.ts';

/** `notes` lists rules that are not enforced, with reasons. `faults` lists why the schema cannot judge; empty if it can. */
export type Translation = { schema: Schema; notes: string[]; faults: string[] };

/** A required name may be defined by one of these instead of `properties`. */
const COMBINING = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'patternProperties', 'dependentSchemas'];

/** Without a rule below one of these, the schema could refuse more values. */
const REVERSING = new Set(['not', 'if', 'oneOf']);

/** Matches every name, so that a closed schema does not refuse a name that an unsafe pattern would match. */
const ANY_NAME = '(?:)';

const NONE: ReadonlySet<string> = new Set();
const ANNOTATIONS: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', 'format']);

const MAX_NOTES = 20;

/**
 * The schema in draft 2020-12. RunComfy's own forms are translated:
 * - `float` is a number.
 * - `default: null` or `nullable: true` beside a type or an enum accepts null.
 * - If no value of an enum has the type beside it, the type is dropped; together they would refuse every value.
 * - Names in `required` that `properties` does not have are a known defect: enforcing them would refuse every call.
 * - A pattern that could run forever is dropped if that can only accept more. So is a meaningless keyword: null, an unknown
 *   type, `exclusiveMinimum: true` without a minimum.
 * - `exclusiveMinimum: true` beside a minimum is draft 4, and makes that one exclusive.
 * Formats, titles and RunComfy's `validations` have no effect here.
 */
export function translate(schema: Schema): Translation {
  const place = rootPlace(NONE);
  return { schema: translateAt(schema, place), notes: place.notes, faults: place.faults };
}

/** The enforced schema for people and tools, with titles, descriptions, defaults and formats. */
export function describeInput(schema: Schema): Schema {
  return translateAt(schema, rootPlace(ANNOTATIONS));
}

/**
 * `isPlain`: reached through properties and items only, so no other keyword affects what is required.
 * `isRelaxing`: dropping a rule here can only make the whole schema accept more.
 */
type Place = {
  path: string;
  isPlain: boolean;
  isRelaxing: boolean;
  /** Keywords that are kept but do not judge. */
  annotations: ReadonlySet<string>;
  notes: string[];
  faults: string[];
};

function rootPlace(annotations: ReadonlySet<string>): Place {
  return { path: '', isPlain: true, isRelaxing: true, annotations, notes: [], faults: [] };
}

function translateAt(schema: Schema, place: Place): Schema {
  const translated: Schema = {};
  for (const [keyword, value] of Object.entries(withoutDraft4(schema))) {
    if (isUnusable(keyword, value)) {
      leaveOut(place, faultOf(keyword, value), value === null || isDraft4(keyword, value));
    } else if (keyword === 'pattern') {
      Object.assign(translated, isEnforceable(value, place) ? { pattern: value } : {});
    } else if (Object.hasOwn(PLAIN, keyword) || place.annotations.has(keyword)) {
      translated[keyword] = value;
    } else if (ONE.has(keyword) || LIST.has(keyword) || NAMED.has(keyword)) {
      const isReversed = REVERSING.has(keyword) || (keyword === 'contains' && 'maxContains' in schema);
      translated[keyword] = translateInner(keyword, value, {
        ...place,
        isRelaxing: place.isRelaxing && !isReversed,
      });
    }
  }
  return standard(translated, schema, place);
}

/** Notes a meaningless keyword if dropping it can only accept more. Any other keyword is a fault. */
function leaveOut(place: Place, text: string, isMeaningless: boolean): void {
  if (isMeaningless && place.isRelaxing) {
    note(place, `${text}; not enforced`);
  } else {
    blame(place, text);
  }
}

function note({ path, notes }: Place, text: string): void {
  if (notes.length < MAX_NOTES) {
    notes.push(`${path || '/'}: ${text}`);
  }
}

function blame({ path, faults }: Place, text: string): void {
  faults.push(`${path || '/'}: ${text}`);
}

/** True if the pattern may run. An unsafe pattern becomes a note, or a fault if it cannot be dropped. */
function isEnforceable(pattern: unknown, place: Place): boolean {
  if (isSafePattern(pattern)) {
    return true;
  }
  leaveOut(place, `the pattern ${cut(String(pattern), MAX_QUOTED_CHARS)} could run forever`, true);
  return false;
}

function translateInner(keyword: string, value: unknown, place: Place): unknown {
  const isPlain = place.isPlain && (keyword === 'properties' || keyword === 'items');
  const inner = (child: unknown, name: string) =>
    isJsonObject(child) ? translateAt(child, { ...place, path: `${place.path}/${name}`, isPlain }) : child;
  if (Array.isArray(value)) {
    return value.map((child, index) => inner(child, `${keyword}/${index}`));
  }
  if (NAMED.has(keyword) && isJsonObject(value)) {
    const named = Object.entries(value).map(([name, child]) =>
      keyword === 'patternProperties' && !isEnforceable(name, place)
        ? [ANY_NAME, true]
        : [name, inner(child, `${keyword}/${name}`)],
    );
    return Object.fromEntries(named);
  }
  return inner(value, keyword);
}

/** Replaces the keywords that the dialect uses differently from the standard. */
function standard(translated: Schema, original: Schema, place: Place): Schema {
  const { type: _type, enum: _enum, ...others } = translated;
  const { required, properties } = others;
  return {
    ...others,
    ...values(translated, original, place),
    ...(Array.isArray(required) && isJsonObject(properties)
      ? { required: enforceable(translated, required, place) }
      : {}),
  };
}

/** `type` and `enum`, if present. */
function values(translated: Schema, original: Schema, place: Place): Schema {
  const given = translated['type'];
  const types = typesOf(given, place);
  const allowed = Array.isArray(translated['enum']) ? translated['enum'] : [];
  const isContradiction =
    place.isRelaxing &&
    types.length > 0 &&
    allowed.length > 0 &&
    !allowed.some((value) => types.some((type) => !isOtherType(type, value)));
  if (isContradiction) {
    note(place, `no value of the enum is of type ${types.join(' or ')}; the type is not enforced`);
  }
  const nulls = original['default'] === null || original['nullable'] === true ? [null] : [];
  return {
    ...(types.length === 0 || isContradiction ? {} : { type: oneOrMany(withNull(types, nulls.map(String))) }),
    ...(allowed.length === 0 ? {} : { enum: withNull(allowed, nulls) }),
  };
}

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/** Each type once. Empty if one of the types is unknown, because a value could have that type. */
function typesOf(given: unknown, place: Place): unknown[] {
  const named: unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  const types = [...new Set(named.map((type) => (type === 'float' ? 'number' : type)))];
  const unknown = types.find((type) => typeof type !== 'string' || !TYPES.has(type));
  if (unknown === undefined) {
    return types;
  }
  leaveOut(place, `the type ${cut(JSON.stringify(unknown), MAX_QUOTED_CHARS)} is not known`, true);
  return [];
}

function oneOrMany(types: unknown[]): unknown {
  return types.length === 1 ? types[0] : types;
}

function withNull(list: unknown[], nulls: unknown[]): unknown[] {
  return [...list, ...nulls.filter((one) => !list.includes(one))];
}

function enforceable(schema: Schema, required: unknown[], place: Place): unknown[] {
  const { properties } = schema;
  if (
    !place.isPlain ||
    !isJsonObject(properties) ||
    COMBINING.some((keyword) => Object.hasOwn(schema, keyword))
  ) {
    return required;
  }
  return required.filter((name) => {
    const isKnown = typeof name !== 'string' || Object.hasOwn(properties, name);
    if (!isKnown) {
      const quoted = JSON.stringify(cut(name, MAX_QUOTED_CHARS));
      note(place, `required input ${quoted} is not among the properties; not enforced`);
    }
    return isKnown;
  });
}
