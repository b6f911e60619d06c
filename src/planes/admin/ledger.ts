// /admin/ledger/check, and credits: POST /admin/customers/{id}/credits.

import * as z from 'zod/mini';
import { readJson } from '../../http/body.ts';
import type { AppContext, AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { idempotencyKeyOf } from '../../http/idempotency-key.ts';
import { validate } from '../../http/validate.ts';
import { bookCredit } from '../../features/ledger/credit-store.ts';
import { recount } from '../../features/ledger/recount-store.ts';
import { isJobId, newId, type JobId } from '../../lib/ids.ts';
import { lazy } from '../../lib/lazy.ts';
import { usd } from '../../lib/money.ts';
import { signedUsdAmount } from '../../lib/money-schema.ts';
import { Problem } from '../../lib/problem.ts';
import { filterText } from '../../lib/text-schema.ts';
import { changeBy } from './change.ts';
import { showInstant } from './paging.ts';

const creditNote = lazy(() => z.string().check(z.trim(), z.minLength(1), z.maxLength(500)));

const newCredit = lazy(() =>
  z.strictObject({
    amount_usd: signedUsdAmount(),
    note: creditNote(),
    job: z.nullish(z.custom<JobId>(isJobId, 'is not the id of a job')),
  }),
);

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
  api.post('/', postCredit);
  return api;
}

async function postCredit(c: AppContext): Promise<Response> {
  const customerId = c.req.param('customer') ?? '';
  const key = idempotencyKeyOf(c);
  const sent = await readJson(c);
  const { amount_usd: micros, note, job } = validate(newCredit(), sent);
  const operation = key === null ? newId('op') : `${customerId}:${key}`;
  const credit = { operation, customerId, micros, note, jobId: job ?? null };
  const booked = await bookCredit(
    c.get('deps').db,
    credit,
    changeBy(c, 'customer.credit', { object: customerId, change: sent }),
  );
  if (booked === 'missing') {
    throw new Problem('not_found', 'There is no such customer, or the job is not one of theirs.');
  }
  if (booked === 'beyond') {
    const message = 'would carry the balance beyond 1,000,000,000 USD, or below -1,000,000,000';
    throw new Problem('invalid_input', `amount_usd: ${message}`, {
      errors: [{ path: 'amount_usd', rule: 'range', message }],
    });
  }
  if (booked.micros !== micros || booked.note !== note || booked.jobId !== credit.jobId) {
    throw new Problem('idempotency_mismatch', 'This Idempotency-Key booked another credit. Take a new key.');
  }
  return c.json(
    {
      amount_usd: usd(booked.micros),
      note: booked.note,
      job: booked.jobId,
      created_at: showInstant(booked.atMs),
      balance_usd: usd(booked.balanceMicros),
    },
    201,
  );
}
