// The pass-through's own handler on a route of Hono: shows what the framework adds.

import { Hono } from 'hono';
import { passThrough, type Bindings } from './pass-through.ts';

const app = new Hono<{ Bindings: Bindings }>();
app.all('*', (c) => passThrough(c.req.raw, c.env));

export default app;
