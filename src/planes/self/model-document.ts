// GET /v1/models/{model_id}/openapi.json: one model as an OpenAPI document, with its inputs and this customer's price.
// Everything else comes from the document of the customer API.

import { getOfferedModel, type PricedModel } from '../../features/catalogue/list.ts';
import { describeInput } from '../../features/input-schema/dialect.ts';
import { priceSentence } from '../../features/pricing/price-sentence.ts';
import type { OpenapiView } from '../../http/openapi-view.ts';
import { route } from '../../http/route.ts';
import { readCustomersDocument, type CustomersDocument } from '../customers-document.ts';

export const modelDocumentRoutes = {
  getModelOpenapi: route({
    method: 'GET',
    path: '/v1/models/{model_id+}/openapi.json',
    door: 'key',
    tokens: true,
    summary: 'Get a model as an OpenAPI document, with its inputs and your price.',
    refusals: ['unknown_model', 'model_not_allowed'],
    run: async ({ runtime, principal, params, request }) =>
      modelDocument(await readCustomersDocument(runtime.assets), {
        ...(await getOfferedModel(runtime, principal, params.model_id)),
        origin: request.origin,
      }),
  }),
};

export function modelDocument(
  { paths, components }: CustomersDocument,
  { model, terms, origin }: PricedModel & { origin: string },
): OpenapiView {
  const { parameters, ...submit } = paths['/v1/models/{model_id}'].post;
  const { Cancelled, LimitUsage, Problem, Result, Status, Submitted } = components.schemas;
  const description = [model.description, priceSentence(model, terms)].filter((text) => text !== '');
  return {
    openapi: '3.1.0',
    info: {
      title: model.displayName,
      version: String(model.revision),
      description: description.join('\n\n'),
    },
    servers: [{ url: origin }],
    paths: {
      [`/v1/models/${model.id}`]: {
        post: {
          ...submit,
          parameters: parameters.filter(({ name }) => name !== 'model_id'),
          requestBody: {
            required: true,
            content: { 'application/json': { schema: describeInput(model.inputSchema) } },
          },
        },
      },
      '/v1/requests/{request_id}/status': paths['/v1/requests/{request_id}/status'],
      '/v1/requests/{request_id}/result': paths['/v1/requests/{request_id}/result'],
      '/v1/requests/{request_id}/cancel': paths['/v1/requests/{request_id}/cancel'],
    },
    components: {
      schemas: { Cancelled, LimitUsage, Problem, Result, Status, Submitted },
      securitySchemes: components.securitySchemes,
    },
  };
}
