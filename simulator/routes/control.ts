// The control API under /_simulator: the functions of control.ts over HTTP. It has no authentication, because nothing here
// needs protection.
import { Hono } from 'hono';
import { z } from 'zod';
import { Finish, ModelChange, SettingsChange, type Control } from '../control.ts';
import { parseExact } from '../exact.ts';
import { FaultRule } from '../fault.ts';

export function controlRoutes(control: Control): Hono {
  const app = new Hono();
  app.get('/accepted', (c) => c.json(control.accepted()));
  app.get('/calls', (c) => c.json(control.calls()));
  app.delete('/calls', (c) => {
    control.resetCalls();
    return c.body(null, 204);
  });
  app.get('/faults', (c) => c.json({ faults: control.faults() }));
  app.post('/faults', async (c) => {
    control.fault(FaultRule.parse(await c.req.json()));
    return c.json({ faults: control.faults() }, 201);
  });
  app.delete('/faults', (c) => {
    control.clearFaults();
    return c.body(null, 204);
  });
  app.get('/settings', (c) => c.json(control.settings()));
  app.post('/settings', async (c) => c.json(control.settings(SettingsChange.parse(await c.req.json()))));
  app.post('/models', async (c) => {
    const change = ModelChange.parse(await c.req.json());
    control.putModel(change);
    return c.json({ model_id: change.model_id }, 201);
  });
  app.delete('/models/:id{.+}', (c) => {
    control.removeModel(c.req.param('id'));
    return c.body(null, 204);
  });
  app.post('/jobs/:id/finish', async (c) => {
    control.finish(c.req.param('id'), Finish.parse(parseExact(await c.req.text())));
    return c.body(null, 204);
  });
  app.post('/jobs/:id/forget', (c) => {
    control.forget(c.req.param('id'));
    return c.body(null, 204);
  });
  app.post('/reset', (c) => {
    control.reset();
    return c.body(null, 204);
  });
  app.onError((error, c) => c.json({ error: explained(error) }, error instanceof RangeError ? 404 : 400));
  return app;
}

function explained(error: Error): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : error.message;
}
