// The usual alternative: fal's proxy on Hono, set up as its documentation says. It has no keys of its own, no owners and no
// limits. The client names the upstream's URL in a header.

import { createRouteHandler } from '@fal-ai/server-proxy/hono';
import { Hono } from 'hono';

const app = new Hono();
app.all(
  '*',
  createRouteHandler({
    allowedUrlPatterns: ['127.0.0.1:*/**'],
    allowedEndpoints: ['**'],
    allowUnauthorizedRequests: true,
    resolveApiKey: () => Promise.resolve('Key of-the-upstream'),
  }),
);

export default app;
