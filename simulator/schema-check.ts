// A small checker for the schema dialect of RunComfy's catalogue: type (with the catalogue's own "float"), enum, numeric and
// length bounds, required. Real schemas have mistakes, so a required name without a property is ignored, and unknown inputs
// pass.
import type { InputSchema, Property } from './catalogue/model.ts';

export type Breach = { loc: (string | number)[]; msg: string; type: string };
type Place = Breach['loc'];

export function breaches(
  input: Record<string, unknown>,
  schema: InputSchema,
  place: Place = ['body', 'input'],
): Breach[] {
  const missing = (schema.required ?? [])
    .filter((name) => schema.properties[name] && input[name] === undefined)
    .map((name) => ({ loc: [...place, name], msg: 'Field required', type: 'missing' }));
  const wrong = Object.entries(schema.properties).flatMap(([name, property]) =>
    input[name] === undefined ? [] : valueBreaches(input[name], property, [...place, name]),
  );
  return [...missing, ...wrong];
}

function valueBreaches(value: unknown, property: Property, place: Place): Breach[] {
  if (value === null && property.default === null) {
    return [];
  }
  const type = property.type;
  if (type !== undefined && !hasType(value, type)) {
    return [{ loc: place, msg: `Input should be a valid ${type}`, type: `${type}_type` }];
  }
  const { items } = property;
  const own = limitBreaches(value, property).map((msg) => ({ loc: place, msg, type: 'value_error' }));
  const inner =
    Array.isArray(value) && items
      ? value.flatMap((item, index) => valueBreaches(item, items, [...place, index]))
      : [];
  return [...own, ...inner, ...objectBreaches(value, property, place)];
}

function objectBreaches(value: unknown, { properties, required }: Property, place: Place): Breach[] {
  if (!properties || !isObject(value)) {
    return [];
  }
  return breaches(value, { type: 'object', properties, ...(required ? { required } : {}) }, place);
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
    case 'float':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function limitBreaches(value: unknown, property: Property): string[] {
  const allowed = property.enum;
  const choice =
    allowed && allowed.every((one) => one !== value) ? [`Input should be one of ${allowed.join(', ')}`] : [];
  return [...choice, ...boundBreaches(value, property)];
}

function boundBreaches(value: unknown, property: Property): string[] {
  if (typeof value === 'number') {
    return outside(value, [property.minimum, property.maximum], 'in value');
  }
  if (typeof value === 'string') {
    return outside(Array.from(value).length, [0, property.maxLength], 'characters');
  }
  return Array.isArray(value) ? outside(value.length, [property.minItems, property.maxItems], 'items') : [];
}

type Bounds = [least: number | undefined, most: number | undefined];

function outside(size: number, [least = -Infinity, most = Infinity]: Bounds, what: string): string[] {
  if (size < least) {
    return [`Input should be at least ${least} ${what}`];
  }
  return size > most ? [`Input should be at most ${most} ${what}`] : [];
}
