import { test } from 'vitest';
import { hashSchema } from '../../../src/features/input-schema/schema-hash.ts';

const SCHEMA = {
  type: 'object',
  title: 'A model',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string', title: 'Prompt', maxLength: 5 },
    title: { type: 'string', title: 'Title' },
    style: { enum: [{ title: 'a' }], const: { title: 'a' }, default: { title: 'a' } },
  },
};

test('a hash is 64 hexadecimal digits', async ({ expect }) => {
  expect(await hashSchema(SCHEMA)).toMatch(/^[0-9a-f]{64}$/);
});

const { properties } = SCHEMA;

test.for([
  [
    'the order of keys',
    {
      properties: { style: properties.style, title: properties.title, prompt: properties.prompt },
      required: ['prompt'],
      title: 'A model',
      type: 'object',
    },
  ],
  ['a title', { ...SCHEMA, title: 'Ein Modell' }],
  ['a title that is missing', { type: 'object', required: ['prompt'], properties }],
  [
    'the title of an input',
    { ...SCHEMA, properties: { ...properties, prompt: { ...properties.prompt, title: 'Eingabe' } } },
  ],
] as const)('%s makes no difference', async ([, schema], { expect }) => {
  expect(await hashSchema(schema)).toBe(await hashSchema(SCHEMA));
});

test.for([
  ['another rule', { ...properties, prompt: { ...properties.prompt, maxLength: 6 } }],
  ['an input called title', { prompt: properties.prompt, style: properties.style }],
  ['what an input called title accepts', { ...properties, title: { type: 'integer' } }],
  ['a title in an enum', { ...properties, style: { ...properties.style, enum: [{ title: 'b' }] } }],
  ['a title in a const', { ...properties, style: { ...properties.style, const: { title: 'b' } } }],
  ['a title in a default', { ...properties, style: { ...properties.style, default: { title: 'b' } } }],
] as const)('%s makes a difference', async ([, changed], { expect }) => {
  expect(await hashSchema({ ...SCHEMA, properties: changed })).not.toBe(await hashSchema(SCHEMA));
});
