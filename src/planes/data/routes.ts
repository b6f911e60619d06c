// RunComfy's own routes: same methods, same bodies, with a comfygate key in the place of RunComfy's token.

import { requireModel } from '../../features/catalogue/offered.ts';
import { findOwnPrices } from '../../features/pricing/own-price-store.ts';
import { listCategories, listModels } from '../../features/catalogue/store.ts';
import { findTerms } from '../../features/pricing/terms.ts';
import { readBytes } from '../../http/body.ts';
import { originOf, ownHostsOf, pathBehind, type AppContext, type AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { idempotencyKeyOf } from '../../http/idempotency-key.ts';
import { validate } from '../../http/validate.ts';
import { cancel, pollResult, pollStatus } from '../../features/lifecycle/poll.ts';
import { submit } from '../../features/lifecycle/submit.ts';
import { Problem } from '../../lib/problem.ts';
import { requireKey } from '../../http/require-key.ts';
import { modelsQuery, showModel } from './models.ts';
import { showCancelled, showResult, showStatus, showSubmitted } from './wire.ts';

export function dataPlane(): Hono<AppEnv> {
  const plane = new Hono<AppEnv>();
  plane.use(requireKey);
  plane.get('/models', getModels);
  plane.get('/models/categories', getCategories);
  plane.get('/models/:id{.+}', getModel);
  // The work is held by waitUntil as a whole: a client that hangs up while we read, reserve or send changes nothing.
  plane.post('/models/:id{.+}', (c) => {
    const work = postModel(c);
    c.get('deps').after(Promise.allSettled([work]));
    return work;
  });
  plane.get('/requests/:id/status', async (c) => {
    const view = await pollStatus(c.get('deps'), c.get('principal'), c.req.param('id'));
    return c.json(showStatus(originOf(c), view));
  });
  plane.get('/requests/:id/result', async (c) => {
    const withCost = c.req.query('include_cost') === 'true';
    const view = await pollResult(c.get('deps'), c.get('principal'), { id: c.req.param('id'), withCost });
    return c.json(showResult(view, withCost));
  });
  plane.post('/requests/:id/cancel', async (c) => {
    return c.json(showCancelled(await cancel(c.get('deps'), c.get('principal'), c.req.param('id'))), 202);
  });
  // An id of `..` never arrives: whatever parses the URL folds it away. It gets the 404 of every unknown id.
  plane.on('ALL', ['/status', '/result', '/cancel'], () => {
    throw new Problem('job_not_found', 'There is no request with this id, or it is not yours.');
  });
  return plane;
}

async function postModel(c: AppContext): Promise<Response> {
  const deps = c.get('deps');
  const principal = c.get('principal');
  const idempotencyKey = idempotencyKeyOf(c);
  const body = await readBytes(c);
  const { jobId, headers } = await submit(deps, principal, {
    modelId: modelIdOf(c),
    body,
    idempotencyKey,
    ownHosts: () => ownHostsOf(c),
  });
  c.get('logged').job = jobId;
  return Response.json(showSubmitted(originOf(c), jobId), { headers });
}

async function getModels(c: AppContext): Promise<Response> {
  const deps = c.get('deps');
  const principal = c.get('principal');
  const query = validate(modelsQuery(), c.req.query(), 'invalid_parameter');
  const { search, category, kind, limit, offset } = query;
  const filter = { search, category, kind, ids: principal.models, offeredOnly: true };
  const { models, total } = await listModels(deps.db, filter, { limit, offset });
  const withSchema = query.include_schema === 'true' || query.include_schema === '1';
  const ids = models.map(({ id }) => id);
  const own = await findOwnPrices(deps.db, principal.customerId, ids);
  const termsOf = (id: string) => ({
    markupE4: principal.markupE4,
    ownUnitMicros: own.get(id) ?? null,
  });
  return c.json({
    models: models.map((model) => showModel(model, termsOf(model.id), withSchema)),
    total,
    limit,
    offset,
  });
}

async function getCategories(c: AppContext): Promise<Response> {
  const categories = await listCategories(c.get('deps').db, c.get('principal').models);
  return c.json({ categories });
}

async function getModel(c: AppContext): Promise<Response> {
  const deps = c.get('deps');
  const principal = c.get('principal');
  const model = await requireModel(deps, principal, modelIdOf(c));
  const terms = await findTerms(deps, principal, model);
  return c.json(showModel(model, terms, true));
}

/** The id as it stands in the URL, undecoded: an id that needs escaping is not one. */
function modelIdOf(c: AppContext): string {
  return pathBehind(c, '/v1/models/');
}
