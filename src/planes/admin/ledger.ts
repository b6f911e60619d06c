// /admin/ledger/check, and credits: /admin/customers/{id}/credits.

import * as z from 'zod/mini';
import { readJson } from '../../http/body.ts';
import type { AppContext, AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { idempotencyKeyOf } from '../../http/idempotency-key.ts';
import { validate } from '../../http/validate.ts';
import { bookCredit } from '../../features/ledger/book-credit.ts';
import type { Booked } from '../../features/ledger/credit.ts';
import { listCredits } from '../../features/ledger/list-credits.ts';
import { recount } from '../../features/ledger/recount-store.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import { lazy } from '../../lib/lazy.ts';
import { usd } from '../../lib/money.ts';
import { signedUsdAmount } from '../../lib/money-schema.ts';
import { filterText } from '../../lib/text-schema.ts';
import { changeBy } from './change.ts';
import { paging, showInstant, showPage } from './paging.ts';

const newCredit = lazy(() =>
  z.strictObject({
    amount_usd: signedUsdAmount(),
    note: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
    job: z.nullish(z.custom<JobId>(isJobId, 'is not the id of a job')),
    force: z._default(z.boolean(), false),
  }),
);

const creditsQuery = lazy(() => z.strictObject(paging().shape));

const checkQuery = lazy(() => z.strictObject({ customer: filterText() }));

export function ledgerApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/check', async (c) => {
    const { customer } = validate(checkQuery(), c.req.query(), 'invalid_parameter');
    return c.json({ differences: await recount(c.get('deps').db, customer) });
  });
  return api;
}

/** Mounted at /customers/:customer/credits. */
export function creditsApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', getCredits);
  api.post('/', postCredit);
  return api;
}

async function getCredits(c: AppContext): Promise<Response> {
  const { limit, cursor } = validate(creditsQuery(), c.req.query(), 'invalid_parameter');
  const page = { beforeMs: cursor?.ms ?? Number.MAX_SAFE_INTEGER, beforeId: cursor?.id ?? '', limit };
  const credits = await listCredits(c.get('deps'), c.req.param('customer') ?? '', page);
  return c.json(showPage(credits, limit, { show: showCredit, place: ({ atMs, id }) => ({ ms: atMs, id }) }));
}

async function postCredit(c: AppContext): Promise<Response> {
  const customerId = c.req.param('customer') ?? '';
  const idempotencyKey = idempotencyKeyOf(c);
  const { amount_usd: micros, job, ...rest } = validate(newCredit(), await readJson(c));
  const credit = { ...rest, customerId, micros, jobId: job ?? null, idempotencyKey };
  const change = changeBy(c, 'customer.credit', { object: customerId });
  const booked = await bookCredit(c.get('deps'), credit, change);
  return c.json({ ...showCredit(booked), balance_usd: usd(booked.balanceMicros) }, 201);
}

export function showCredit({ id, micros, note, jobId, atMs }: Booked): Record<string, unknown> {
  return { id, amount_usd: usd(micros), note, job: jobId, created_at: showInstant(atMs) };
}
