// The pages of people. Their files are the Worker's assets, which are served before the Worker is asked; what comes here
// is an address within a page, and gets that page. Everything else that is no route stays a refusal in JSON.

import { commonHeaders } from '../http/common-headers.ts';
import type { Hono } from '../http/hono.ts';

export function mountPages(app: Hono): void {
  app.get('/console/*', async ({ env: context }) => {
    const page = await context.gateway.assets.fetch(new URL('/console/', context.url));
    const headers = { ...Object.fromEntries(page.headers), ...commonHeaders(context) };
    return new Response(page.body, { status: page.status, headers });
  });
}
