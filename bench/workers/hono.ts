// The floor with Hono in front: what the framework adds, by its own proxy helper.

import { Hono } from 'hono';
import { proxy } from 'hono/proxy';

const app = new Hono<{ Bindings: { UPSTREAM: string } }>();
app.all('*', (c) => {
  const { pathname, search } = new URL(c.req.url);
  return proxy(`${c.env.UPSTREAM}${pathname}${search}`, {
    raw: c.req.raw,
    headers: { ...c.req.header(), Authorization: 'Bearer of-the-upstream' },
  });
});

export default app;
