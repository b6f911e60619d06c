// Public routes: links to begin with, the document of the customer API, and files.

import type { OpenapiView } from '../../http/openapi-view.ts';
import { route } from '../../http/route.ts';
import { fileRoutes } from './files.ts';
import { readCustomersDocument } from '../customers-document.ts';
import type { WelcomeView } from './welcome-view.ts';

export const openRoutes = {
  ...fileRoutes,
  welcome: route({
    method: 'GET',
    path: '/',
    door: 'open',
    summary: 'Get links to the documentation and to the first calls.',
    refusals: [],
    run: ({ request: { origin } }): WelcomeView => ({
      name: 'comfygate',
      description:
        'RunComfy Model API. Submit exactly as you would to RunComfy; only host and token differ: Authorization: Bearer cg_…',
      links: {
        openapi: `${origin}/openapi.json`,
        models: `${origin}/v1/models`,
        key: `${origin}/v1/key`,
        health: `${origin}/admin/health`,
        runcomfy: 'https://docs.runcomfy.com',
      },
    }),
  }),
  getOpenapi: route({
    method: 'GET',
    path: '/openapi.json',
    door: 'open',
    summary: 'Get the customer API as an OpenAPI document.',
    refusals: [],
    run: async ({ runtime, request: { origin } }): Promise<OpenapiView> => ({
      ...(await readCustomersDocument(runtime.assets)),
      openapi: '3.1.0',
      servers: [{ url: origin }],
    }),
  }),
};
