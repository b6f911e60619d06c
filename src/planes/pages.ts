// The console. Cloudflare serves its files before it calls the Worker, so a path that arrives here is a client-side route
// and gets the console's page. Every other unknown path is a refusal in JSON.

import { commonHeaders } from '../http/common-headers.ts';
import type { Hono } from '../http/hono.ts';

export function mountPages(app: Hono): void {
  app.get('/console/*', async ({ env: context }) => {
    const page = await context.gateway.assets.fetch(new URL('/console/', context.url));
    const headers = { ...Object.fromEntries(page.headers), ...commonHeaders(context) };
    return new Response(page.body, { status: page.status, headers });
  });
}
