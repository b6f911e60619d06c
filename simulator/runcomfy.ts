// One simulated RunComfy Model API: its routes, and the control API for tests. Time comes from outside, so that a test sets
// the clock; nothing here runs by itself.
import { Hono } from 'hono';
import { controlOf, type Control } from './control.ts';
import { balance } from './routes/balance.ts';
import { controlRoutes } from './routes/control.ts';
import { serveFile } from './routes/files.ts';
import { getModel, listCategories, listModels } from './routes/models.ts';
import { requestCancel, requestResult, requestStatus } from './routes/requests.ts';
import { submit } from './routes/submit.ts';
import { welcome } from './routes/welcome.ts';
import { newSimulation, type RunComfyOptions } from './simulation.ts';
import { withoutExtraSlashes } from './spelling.ts';

export type RunComfy = Control & {
  /** Rejects as `fetch` does when a fault cuts the connection, and with the caller's reason on an abort. */
  fetch(request: Request): Promise<Response>;
};

export function createRunComfy(options: RunComfyOptions): RunComfy {
  const sim = newSimulation(options);
  const control = controlOf(sim);
  const app = new Hono();
  app.get('/', welcome);
  app.post('/v1/models/:model{.+}', (c) => submit(sim, c.req.raw, c.req.param('model')));
  app.get('/v1/models', (c) => listModels(sim, c.req.raw));
  app.get('/v1/models/categories', (c) => listCategories(sim, c.req.raw));
  app.get('/v1/models/:model{.+}', (c) => getModel(sim, c.req.raw, c.req.param('model')));
  app.get('/v1/requests/:id/status', (c) => requestStatus(sim, c.req.raw, c.req.param('id')));
  app.get('/v1/requests/:id/result', (c) => requestResult(sim, c.req.raw, c.req.param('id')));
  app.post('/v1/requests/:id/cancel', (c) => requestCancel(sim, c.req.raw, c.req.param('id')));
  app.get('/prod/v2/balance', (c) => balance(sim, c.req.raw));
  app.get('/files/*', (c) => serveFile(c.req.raw));
  app.get('/media/*', (c) => serveFile(c.req.raw));
  app.get('/tools/*', (c) => serveFile(c.req.raw));
  app.get('/:name{[^/]+}', (c) => serveFile(c.req.raw));
  app.route('/_simulator', controlRoutes(control));
  app.onError((error) => {
    throw error;
  });
  return { ...control, fetch: async (request) => app.fetch(withoutExtraSlashes(request)) };
}
