// Inputs made from a schema alone: valid ones, and copies of them with one thing wrong. Knows the part of JSON Schema
// that RunComfy uses, and reads it for itself: nothing here is shared with the judge.

import fc from 'fast-check';

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
      return fc.double({
        noNaN: true,
        noDefaultInfinity: true,
        ...(minimum === undefined ? {} : { min: minimum }),
        ...(maximum === undefined ? {} : { max: maximum }),
      });
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
export type Mutation = { path: string; rule: string; input: unknown };

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

/** Values that break one rule each, in the order [rule, value]. */
function wrongValues(schema: Schema, value: any): [rule: string, value: unknown][] {
  const { type, minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems } = schema;
  const allowed: unknown[] | undefined = schema['enum'];
  const isAlone =
    allowed !== undefined &&
    allowed.every((one) => WRONG_TYPE[type]?.some((other) => typeof other === typeof one));
  if (allowed !== undefined) {
    const other =
      typeof allowed[0] === 'number' ? Math.max(...allowed.map(Number)) + 1 : `${allowed.join()}?`;
    return [
      ['enum', other],
      ...(takesNull(schema) ? [] : [[isAlone ? 'enum' : 'type', null] as [string, null]]),
    ];
  }
  return [
    ...(WRONG_TYPE[type] ?? []).map((other): [string, unknown] => ['type', other]),
    ...(takesNull(schema) || type === undefined ? [] : [['type', null] as [string, null]]),
    ...(minimum === undefined ? [] : [['minimum', minimum - 1] as [string, number]]),
    ...(maximum === undefined ? [] : [['maximum', maximum + 1 + Math.abs(maximum)] as [string, number]]),
    ...(maxLength === undefined ? [] : [['maxLength', '🎬'.repeat(maxLength + 1)] as [string, string]]),
    ...(minLength === 0 ? [] : [['minLength', 'x'.repeat(minLength - 1)] as [string, string]]),
    ...(minItems === 0 ? [] : [['minItems', (value ?? []).slice(0, minItems - 1)] as [string, unknown]]),
    ...(maxItems === undefined || !value?.length
      ? []
      : [['maxItems', Array.from({ length: maxItems + 1 }, () => value[0])] as [string, unknown]]),
  ];
}
