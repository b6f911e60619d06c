// The documents are valid OpenAPI 3.1: the whole API, the part that the Worker serves, and that of every model.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { compileSchema, draft2020 } from 'json-schema-library';
import { test } from 'vitest';
import { requireExamples } from '../../scripts/openapi/examples.ts';
import { blankModel } from '../../src/features/catalogue/model.ts';
import { modelDocument } from '../../src/planes/self/model-document.ts';
import customers from '../../web/public/customers-openapi.json' with { type: 'json' };
import { DIALECT_SCHEMAS } from '../support/dialect-schemas.ts';
import { ROOT } from './support.ts';

type Schema = Record<string, unknown>;

/** Schemas of real models, where the machine has them. */
const REAL = process.env['REAL_SCHEMAS'] ?? join(ROOT, '../shared/schemas');
const real: { id: string; schema: Schema }[] = (existsSync(REAL) ? readdirSync(REAL) : [])
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(REAL, name), 'utf8')))
  .map(({ model_id: id, input_schema: schema }) => ({ id, schema }));

function documentOf(id: string, inputSchema: Schema): any {
  const model = { ...blankModel(id), inputSchema };
  return modelDocument(customers, {
    model,
    terms: { markupE4: 12_500, ownUnitMicros: null },
    origin: 'https://gate.test',
  });
}

test.for(['openapi.json', 'web/public/customers-openapi.json'])('%s is valid', async (name, { expect }) => {
  const document = JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
  expect(await new Validator().validate(document)).toEqual({ valid: true });
});

test('every operation has an example of its answer, and one that has none is named', ({ expect }) => {
  const { paths } = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8'));
  const operations = Object.values<object>(paths).flatMap((byMethod) => Object.values<any>(byMethod));
  const without = operations.filter(({ responses }) => {
    const successes = Object.entries<any>(responses).filter(([status]) => status < '300');
    const described = successes.map(([, { content }]) => content?.['application/json']).filter(Boolean);
    return described.length > 0 && !described.some(({ examples }) => examples !== undefined);
  });
  expect(operations.length).toBeGreaterThan(40);
  expect(without.map(({ operationId }) => operationId)).toEqual([]);
  expect(() => requireExamples({}, ['submit'])).toThrow('Without an example: submit.');
});

test('the document of every real model is valid', async ({ expect }) => {
  // One validator: it compiles OpenAPI's own schema once.
  const validator = new Validator();
  for (const { id, schema } of real) {
    const verdict = await validator.validate(documentOf(id, schema));
    expect({ id, ...verdict }).toEqual({ id, valid: true });
  }
});

test.for(DIALECT_SCHEMAS)(
  "the dialect's $quirk is described as it is judged",
  async ({ schema, good, bad }, { expect }) => {
    const document = documentOf('acme/model', schema);
    expect(await new Validator().validate(document)).toEqual({ valid: true });
    const { content } = document.paths['/v1/models/acme/model'].post.requestBody;
    const node = compileSchema(JSON.parse(JSON.stringify(content['application/json'].schema)), {
      drafts: [draft2020],
    });
    expect(good.filter((input) => !node.validate(input).valid)).toEqual([]);
    expect(bad.filter(([input]) => node.validate(input).valid)).toEqual([]);
  },
);
