// Values that cost more to judge than they weigh: texts, numbers, enums, lists whose items are unique.

import { about, list, MANY, named, PAIR, type HostileInput } from './parts.ts';

export const HOSTILE_VALUES: HostileInput[] = [
  {
    name: 'counted quantifiers in each other',
    ...about({ type: 'string', pattern: '(?:(?:a{16}){16}){16}b' }, 'a'.repeat(200_000)),
  },
  { name: 'a quadratic pattern', ...about({ type: 'string', pattern: '^.*.*=$' }, 'x'.repeat(4_000)) },
  {
    name: 'a pattern without an anchor',
    ...about({ pattern: '[a-z]{0,16}[a-z]{0,16}\\d' }, 'x'.repeat(60_000)),
  },
  {
    name: 'a pattern on each of many texts',
    ...about(
      { items: { pattern: '^(?:a|b|c|d)?(?:a|b)?x$' } },
      list(MANY, () => 'ab'),
    ),
  },
  {
    name: 'many patterns for many names',
    schema: {
      type: 'object',
      patternProperties: Object.fromEntries(list(1_000, (at): [string, object] => [`^y${String(at)}`, {}])),
    },
    input: named(20_000, () => 1),
  },
  {
    name: 'an enum of objects',
    ...about(
      { items: { enum: list(100, (at) => ({ ...PAIR, at })) } },
      list(14_000, () => PAIR),
    ),
  },
  {
    name: 'an enum of 5,000 texts',
    ...about(
      { items: { enum: list(5_000, (at) => `t${String(at)}`) } },
      list(MANY, () => 't'),
    ),
  },
  {
    name: 'a const that is an object',
    ...about(
      { items: { const: PAIR } },
      list(14_000, () => PAIR),
    ),
  },
  {
    name: 'an enum of objects at each level',
    schema: Array.from({ length: 28 }).reduce<Record<string, unknown>>(
      (inner) => ({ type: 'object', enum: [PAIR], properties: { x: inner } }),
      { enum: [PAIR] },
    ),
    input: Array.from({ length: 28 }).reduce<Record<string, unknown>>((inner) => ({ x: inner }), {
      x: list(90_000, () => 1),
    }),
  },
  {
    name: 'multipleOf with decimals',
    ...about(
      { items: { multipleOf: 0.01 } },
      list(MANY, (at) => at / 100 + 0.001),
    ),
  },
  {
    name: 'multipleOf of extremes',
    ...about(
      { items: { multipleOf: 5e-324 } },
      list(MANY, (at) => 1e308 / (at + 1)),
    ),
  },
  {
    name: 'unique items',
    ...about(
      { uniqueItems: true },
      list(MANY, (at) => at),
    ),
  },
  {
    name: 'unique objects',
    ...about(
      { uniqueItems: true },
      list(14_000, (at) => ({ ...PAIR, at })),
    ),
  },
  {
    name: 'unique items at each level',
    ...about(
      { allOf: list(500, () => ({ uniqueItems: true })) },
      list(MANY, (at) => at),
    ),
  },
  {
    name: 'lengths of one long text',
    ...about({ allOf: list(1_000, () => ({ maxLength: 3_000_000 })) }, 'é'.repeat(2 ** 22)),
  },
];
