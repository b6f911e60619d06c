// The pages of people. Their files are the Worker's assets, which are served before the Worker is asked; what comes here
// is an address within a page, and gets that page. Everything else that is no route stays a refusal in JSON.

import type { AppEnv } from '../http/context.ts';
import type { Hono } from '../http/hono.ts';

export function mountPages(app: Hono<AppEnv>): void {
  app.get('/console/*', async (c) => {
    const page = await c.env.ASSETS.fetch(new URL('/console/', c.req.url));
    // Headers of what comes from a binding cannot be changed, and every answer gets some.
    return new Response(page.body, page);
  });
}
