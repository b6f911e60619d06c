// Shapes that cost more to judge than they weigh: many names, many items, many schemas about one value.

import { conditional } from '../../test/support/conditional.ts';
import { about, list, MANY, named, PAIR, type HostileInput } from './parts.ts';

const oneOfTen = (of: (at: number) => object) => ({ oneOf: list(10, of) });

export const HOSTILE_SHAPES: HostileInput[] = [
  {
    name: 'many required names',
    ...about(
      { items: { required: list(20_000, (at) => `n${String(at)}`) } },
      list(30_000, () => ({})),
    ),
  },
  {
    name: 'names that others depend on',
    schema: { type: 'object', dependentRequired: named(500, () => list(20, (at) => `m${String(at)}`)) },
    input: named(40_000, () => 1),
  },
  {
    name: 'many forms for many items',
    ...about(
      { items: { anyOf: list(100, (at) => ({ const: at })) } },
      list(MANY, () => -1),
    ),
  },
  {
    name: 'many forms at once',
    ...about(
      { items: { oneOf: list(1_000, () => ({ type: 'number' })) } },
      list(5_000, () => 1),
    ),
  },
  {
    name: 'plain items',
    ...about(
      { items: { type: 'number' } },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'wrong items',
    ...about(
      { items: { type: 'string' } },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'items that are lists',
    ...about(
      { items: { items: { items: { type: 'number' } } } },
      list(30_000, () => [[1]]),
    ),
  },
  {
    name: 'contains',
    ...about(
      { allOf: list(50, () => ({ contains: { type: 'string' } })) },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'unevaluated members',
    schema: {
      type: 'object',
      properties: named(100, () => ({ type: 'number' })),
      unevaluatedProperties: false,
    },
    input: named(40_000, () => 1),
  },
  {
    name: 'unevaluated items',
    ...about(
      { prefixItems: [{}], unevaluatedItems: { type: 'number' } },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'many members, all wrong',
    schema: {
      type: 'object',
      properties: named(1_500, () => ({ type: 'string' })),
      additionalProperties: false,
    },
    input: named(40_000, () => 1),
  },
  {
    name: 'errors under many names',
    schema: { type: 'object', allOf: list(300, () => ({ additionalProperties: { type: 'string' } })) },
    input: named(40_000, () => 1),
  },
  {
    name: 'names with slashes',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    input: Object.fromEntries(
      list(30_000, (at): [string, number] => [`a/${'b/'.repeat(20)}${String(at)}`, 1]),
    ),
  },
  {
    name: 'property names',
    schema: { type: 'object', propertyNames: { maxLength: 3 } },
    input: named(40_000, () => 1),
  },
  {
    name: 'as many names as a body may have',
    schema: { type: 'object', additionalProperties: { type: 'number' } },
    input: named(MANY, () => 1),
  },
  {
    name: 'sizes of one object',
    schema: { type: 'object', allOf: list(500, () => ({ minProperties: 1 })) },
    input: named(MANY, () => 1),
  },
  {
    name: 'members at each level',
    schema: { type: 'object', allOf: list(500, () => ({ additionalProperties: { type: 'number' } })) },
    input: named(40_000, () => 1),
  },
  {
    name: 'items at each level',
    ...about(
      { allOf: list(500, () => ({ items: { type: 'number' } })) },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'members that forms evaluate',
    schema: {
      type: 'object',
      anyOf: list(500, () => ({ additionalProperties: { type: 'number' } })),
      unevaluatedProperties: false,
    },
    input: named(20_000, () => 1),
  },
  {
    name: 'items that are evaluated one by one',
    ...about(
      { anyOf: list(500, () => ({ contains: { type: 'number' } })), unevaluatedItems: false },
      list(MANY, () => 1),
    ),
  },
  {
    name: 'forms in forms',
    ...about(
      { items: oneOfTen((a) => oneOfTen((b) => oneOfTen((c) => ({ const: a * 100 + b * 10 + c })))) },
      list(MANY, () => 999),
    ),
  },
  {
    name: 'conditions in conditions',
    ...about(
      {
        items: Array.from({ length: 5 }).reduce<Record<string, unknown>>(
          (inner) => conditional({ ['not']: inner }, inner, inner),
          { type: 'string' },
        ),
      },
      list(MANY, () => 't'),
    ),
  },
  {
    name: 'schemas that depend on each name',
    schema: { type: 'object', dependentSchemas: named(500, () => ({ propertyNames: { type: 'string' } })) },
    input: named(40_000, () => 1),
  },
  {
    name: 'objects with many inputs each',
    ...about(
      { items: { properties: named(1_500, () => ({ type: 'number' })), required: ['m1'] } },
      list(45_000, () => ({ m1: 1 })),
    ),
  },
  {
    name: 'long texts among objects',
    ...about({ allOf: list(500, () => ({ enum: [PAIR] })) }, ['é'.repeat(2 ** 20)]),
  },
  {
    name: 'objects that are names of forms',
    ...about(
      {
        items: {
          oneOf: list(20, (at) => ({ required: [`n${String(at)}`, 'b'], properties: { a: { const: at } } })),
        },
      },
      list(45_000, () => ({ a: 1 })),
    ),
  },
];
