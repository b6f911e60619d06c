// Inputs made from a schema alone: valid ones, and copies of them with one thing wrong. Knows the part of JSON Schema
// that RunComfy uses, and reads it for itself: nothing here is shared with the judge.

import * as fc from 'fast-check';

type Schema = Record<string, any>;

/** Valid inputs. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const types: string[] = [schema['type'] ?? 'string'].flat();
  const own = Array.isArray(schema['enum'])
    ? fc.constantFrom<unknown>(...schema['enum'])
    : fc.oneof(...types.map((type) => ofType(type, schema)));
  return takesNull(schema) ? fc.oneof(own, fc.constant(null)) : own;
}

function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  const { minimum, maximum, minLength = 0, maxLength = minLength + 40, minItems = 0, items } = schema;
  switch (type) {
    case 'string':
      // Each unit is one code point, as maxLength counts them.
      return fc.string({ unit: 'binary', minLength, maxLength });
    case 'integer':
      return fc.maxSafeInteger().map((any) => within(any, minimum, maximum));
    case 'number':
    case 'float':
      return doublesOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(items ?? {}), {
        minLength: minItems,
        maxLength: schema['maxItems'] ?? minItems + 3,
      });
    case 'object':
      return objectsOf(schema);
    default:
      throw new Error(`no values of type ${type}`);
  }
}

function doublesOf({ minimum, maximum }: Schema): fc.Arbitrary<unknown> {
  return fc.double({
    noNaN: true,
    noDefaultInfinity: true,
    ...(minimum === undefined ? {} : { min: minimum }),
    ...(maximum === undefined ? {} : { max: maximum }),
  });
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const members = Object.entries<Schema>(properties).map(([name, member]) => [name, valuesOf(member)]);
  const requiredKeys = required.filter((name: string) => Object.hasOwn(properties, name));
  return fc.record<any, any>(Object.fromEntries(members), { requiredKeys, noNullPrototype: true });
}

function within(any: number, min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
  const span = max - min + 1;
  return any >= min && any <= max ? any : min + (Math.abs(any) % span);
}

function takesNull(schema: Schema): boolean {
  return (
    schema['default'] === null || schema['nullable'] === true || [schema['type']].flat().includes('null')
  );
}

/** `input` with one thing wrong: at that path, by that rule. */
export type Mutation = { path: string; rule: string; input: any };

/** Where a value stands, and the whole with another value in its place. */
type Place = { path: string; whole: (value: unknown) => unknown };

/** Every single mutation that this knows of a valid `value`. */
export function mutationsOf(
  schema: Schema,
  value: any,
  place: Place = { path: '', whole: (other) => other },
): Mutation[] {
  const { path, whole } = place;
  const wrong = wrongValues(schema, value).map(([rule, other]) => ({ path, rule, input: whole(other) }));
  const inner = Array.isArray(value)
    ? itemMutations(schema, value, place)
    : memberMutations(schema, value, place);
  // The body is an object whatever the schema says.
  return path === '' ? inner : [...wrong, ...inner];
}

function itemMutations({ items }: Schema, value: unknown[], { path, whole }: Place): Mutation[] {
  return value.flatMap((item, index) =>
    items === undefined
      ? []
      : mutationsOf(items, item, {
          path: `${path}[${index}]`,
          whole: (other) => whole(value.with(index, other)),
        }),
  );
}

function memberMutations({ properties = {}, required = [] }: Schema, value: any, place: Place): Mutation[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { path, whole } = place;
  const pathOf = (name: string) => (path === '' ? name : `${path}.${name}`);
  return Object.keys(value).flatMap((name) => {
    const { [name]: member, ...others } = value;
    const missing = { path: pathOf(name), rule: 'required', input: whole(others) };
    return [
      ...(required.includes(name) ? [missing] : []),
      ...mutationsOf(properties[name], member, {
        path: pathOf(name),
        whole: (other) => whole({ ...value, [name]: other }),
      }),
    ];
  });
}

const WRONG_TYPE: Record<string, unknown[]> = {
  string: [5, true, ['x'], {}],
  integer: [0.5, '5', true, [1]],
  number: ['0.5', false, {}],
  float: ['0.5', false, {}],
  boolean: ['true', 1],
  array: ['x', { 0: 'x' }],
  object: [['x'], 'x'],
};

/** Values that break one rule each, with the name of the rule. */
function wrongValues(schema: Schema, value: any): [rule: string, value: unknown][] {
  const { type } = schema;
  if (schema['enum'] !== undefined) {
    return wrongChoices(schema);
  }
  const others = [...(WRONG_TYPE[type] ?? []), ...(takesNull(schema) || type === undefined ? [] : [null])];
  return [...others.map((other): [string, unknown] => ['type', other]), ...beyondLimits(schema, value)];
}

function wrongChoices(schema: Schema): [rule: string, value: unknown][] {
  const allowed: unknown[] = schema['enum'];
  const other = typeof allowed[0] === 'number' ? Math.max(...allowed.map(Number)) + 1 : `${allowed.join()}?`;
  return [['enum', other], ...(takesNull(schema) ? [] : [['enum', null] as [string, null]])];
}

function beyondLimits(schema: Schema, value: any): [rule: string, value: unknown][] {
  const { minimum, maximum, maxLength, maxItems } = schema;
  const { minLength = 0, minItems = 0 } = schema;
  const broken: [rule: string, value: () => unknown][] = [
    ['minimum', () => minimum - 1],
    ['maximum', () => maximum + 1 + Math.abs(maximum)],
    ['maxLength', () => '🎬'.repeat(maxLength + 1)],
    ['minLength', () => (minLength === 0 ? undefined : 'x'.repeat(minLength - 1))],
    ['minItems', () => (minItems === 0 ? undefined : value?.slice(0, minItems - 1))],
    [
      'maxItems',
      () => (value?.length > 0 ? Array.from({ length: maxItems + 1 }, () => value[0]) : undefined),
    ],
  ];
  return broken
    .filter(([rule]) => schema[rule] !== undefined)
    .map(([rule, make]): [string, unknown] => [rule, make()])
    .filter(([, made]) => made !== undefined);
}
