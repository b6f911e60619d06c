// Schemas and inputs as nobody should send them: seeded mutations of good ones.

import type { Random } from './random.ts';

type Json = any;

const KEYWORDS = (
  'type enum const multipleOf maximum minimum exclusiveMaximum exclusiveMinimum maxLength minLength pattern ' +
  'maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired ' +
  'items prefixItems contains properties patternProperties additionalProperties propertyNames dependentSchemas ' +
  'allOf anyOf oneOf not if then else unevaluatedItems unevaluatedProperties format default nullable title ' +
  'validations $ref $dynamicRef $id $schema $defs $anchor __proto__ constructor toString hasOwnProperty x-unknown '
).split(' ');

const NAMES = [...'a b  __proto__ constructor toString a/b # ~1 \ud800 0'.split(' '), 'x'.repeat(300)];

const NUMBERS = [0, -0, -1, 1, 0.5, 1e308, -1e308, 5e-324, 2 ** 53 + 2, 1e21];
const TEXTS =
  ' a \ud800 😀 string integer float object array null nonsense ^a+$ (a+)+$ ( ^.*.*.*.*= [] # #/properties/a ' +
  'https://evil.example/schema __proto__ constructor';
const SCALARS: Json[] = [null, true, false, ...NUMBERS, ...TEXTS.split(' '), 'x'.repeat(5000)];

/** Parsed, so that __proto__ is a member like any other. */
function named(name: string, value: Json): Json {
  return JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`);
}

/** `value` inside of so many objects or lists. */
export function nested(levels: number, value: Json, wrap: (inner: Json) => Json): Json {
  return Array.from({ length: levels }).reduce((inner) => wrap(inner), value);
}

function junk(random: Random, depth = 3): Json {
  const kind = depth === 0 ? 0 : random.below(8);
  switch (kind) {
    case 1:
      return Array.from({ length: random.below(4) }, () => junk(random, depth - 1));
    case 2:
      return named(random.pick(NAMES), junk(random, depth - 1));
    case 3:
      return named(random.pick(KEYWORDS), junk(random, depth - 1));
    case 4:
      return nested(random.pick([5, 40, 70]), random.pick(SCALARS), (inner) =>
        random.chance(0.5) ? [inner] : { a: inner },
      );
    default:
      return random.pick(SCALARS);
  }
}

/** A copy of `value` with one place of it changed. */
function changed(value: Json, random: Random, change: (at: Json) => Json): Json {
  const isInner = typeof value === 'object' && value !== null && random.chance(0.75);
  const keys = isInner ? Object.keys(value) : [];
  if (keys.length === 0) {
    return change(value);
  }
  const key = random.pick(keys);
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === key ? changed(item, random, change) : item));
  }
  return { ...value, ...named(key, null), [key]: changed(value[key], random, change) };
}

/** A schema with some of its places broken, nested in itself, or hung under another keyword. */
export function hostileSchema(schema: Json, random: Random): Json {
  const change = (at: Json) => {
    const name = random.pick(KEYWORDS);
    switch (random.below(6)) {
      case 0:
        return junk(random);
      case 1:
        return named(name, random.pick([at, [at, at], named(random.pick(NAMES), at)]));
      case 2:
        return isObject(at) ? { ...at, ...named(name, random.pick([at, [at], { a: at }])) } : [at];
      default:
        return isObject(at) ? { ...at, ...named(name, junk(random)) } : junk(random);
    }
  };
  const broken: Json = Array.from({ length: random.int(1, 3) }).reduce(
    (at) => changed(at, random, change),
    schema,
  );
  // Else most would be refused for their first word.
  const type = random.chance(0.9) ? { type: 'object' } : {};
  return isObject(broken) ? { ...broken, ...type } : { ...type, properties: broken };
}

/** An input with some of its places broken; an object, as the gateway reads no other. */
export function hostileInput(input: Json, random: Random): Record<string, unknown> {
  const change = (at: Json) => {
    return isObject(at) && random.chance(0.6)
      ? { ...at, ...named(random.pick(NAMES), junk(random)) }
      : junk(random);
  };
  const broken: Json = Array.from({ length: random.int(1, 3) }).reduce(
    (at) => changed(at, random, change),
    input,
  );
  return isObject(broken) ? broken : { a: broken };
}

function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
