// /admin/customers/{customer}/credits: money that the operator books by hand.

import * as z from 'zod/mini';
import { bookCredit } from '../../features/ledger/book-credit.ts';
import type { Booked } from '../../features/ledger/credit.ts';
import { listCredits } from '../../features/ledger/list-credits.ts';
import type { Place } from '../../storage/page.ts';
import { signedUsdAmount } from '../../http/money-schema.ts';
import { route } from '../../http/route.ts';
import { isJobId, type JobId } from '../../lib/ids.ts';
import { usd } from '../../lib/money.ts';
import type { BookedCreditView, CreditView } from './credit-view.ts';
import { pageBefore, paging, showInstant, showPage } from '../../http/paging.ts';

const newCredit = z.strictObject({
  amount_usd: signedUsdAmount,
  note: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
  job: z.nullish(z.custom<JobId>(isJobId, 'is not the id of a job').check(z.meta({ type: 'string' }))),
  force: z._default(z.boolean(), false),
});

export const creditRoutes = {
  listCredits: route({
    method: 'GET',
    path: '/admin/customers/{customer}/credits',
    door: 'admin',
    summary: "List a customer's credits and adjustments, newest first.",
    query: z.strictObject(paging),
    refusals: ['not_found'],
    async run({ runtime, params, query }) {
      const credits = await listCredits(runtime, params.customer, pageBefore(query));
      return showPage(credits, query.limit, { show: showCredit, place: placeOfCredit });
    },
  }),
  bookCredit: route({
    method: 'POST',
    path: '/admin/customers/{customer}/credits',
    door: 'admin',
    summary: 'Book a credit, or adjust the charge of a job.',
    body: newCredit,
    status: 201,
    idempotent: true,
    refusals: ['not_found', 'conflict', 'idempotency_mismatch'],
    audit: 'customer.credit',
    async run({ runtime, params, body, change, request }): Promise<BookedCreditView> {
      const { amount_usd: micros, job, ...rest } = body;
      const idempotencyKey = request.idempotencyKey();
      const credit = { ...rest, customerId: params.customer, micros, jobId: job ?? null, idempotencyKey };
      const booked = await bookCredit(runtime, credit, change(params.customer));
      return { ...showCredit(booked), balance_usd: usd(booked.balanceMicros) };
    },
  }),
};

function placeOfCredit({ atMs, id }: Booked): Place {
  return { ms: atMs, id };
}

export function showCredit({ id, micros, note, jobId, atMs }: Booked): CreditView {
  return { id, amount_usd: usd(micros), note, job: jobId, created_at: showInstant(atMs) };
}
