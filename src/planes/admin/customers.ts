// /admin/customers: make, list, read, change.

import * as z from 'zod/mini';
import { changeCustomer } from '../../features/customers/change.ts';
import { createCustomer } from '../../features/customers/create.ts';
import type { Customer } from '../../features/customers/customer.ts';
import { getCustomer, listCustomers } from '../../features/customers/read.ts';
import { readJson } from '../../http/body.ts';
import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { limitsMember, showLimits } from '../../http/limits.ts';
import { usd } from '../../lib/money.ts';
import { refuse } from '../../http/refuse.ts';
import { shortName, shortText } from '../../http/text-schema.ts';
import { changeBy, creationBy } from './change.ts';
import { paging, showInstant, placeOf, showPage } from './paging.ts';

/** 1 = list price, 1.25 = 25 % more; four decimals, kept as an integer of ten-thousandths. */
const markup = z.pipe(
  z.number().check(z.minimum(0), z.maximum(100)),
  z.transform((value, context) => {
    const e4 = Math.round(value * 10_000);
    return e4 / 10_000 === value ? e4 : refuse(context, 'has more than four decimals');
  }),
);

const externalId = shortText.check(z.minLength(1));

/** `style-v2.safetensors`, or `acme-*` for all that start so. */
const loraName = z
  .string()
  .check(z.regex(/^(?:\*|[^*\p{C}]{1,200}\*?)$/u, 'is a name, or a prefix with one * at its end'));

const terms = {
  external_id: z.nullish(externalId),
  markup: z.optional(markup),
  prepaid: z.optional(z.boolean()),
  limits: z.optional(limitsMember),
  loras: z.optional(z.array(loraName).check(z.maxLength(500))),
};

const newCustomer = z.strictObject({ name: shortName, ...terms });

const customerPatch = z.strictObject({
  name: z.optional(shortName),
  ...terms,
  status: z.optional(z.enum(['active', 'suspended'])),
});

export function customersApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.post('/', async (c) => {
    const sent = await readJson(c);
    const { external_id, markup: markupE4, ...rest } = validate(newCustomer, sent);
    const request = { ...rest, externalId: external_id, markupE4 };
    const creation = creationBy(c, 'customer.create', sent);
    return c.json(showCustomer(await createCustomer(c.get('deps'), request, creation)), 201);
  });
  api.get('/', async (c) => {
    const { limit, cursor } = validate(paging, c.req.query(), 'invalid_parameter');
    const page = { afterMs: cursor?.ms ?? -1, afterId: cursor?.id ?? '', limit };
    const customers = await listCustomers(c.get('deps'), page);
    return c.json(showPage(customers, limit, { show: showCustomer, place: placeOf }));
  });
  api.get('/:id', async (c) => c.json(showCustomer(await getCustomer(c.get('deps'), c.req.param('id')))));
  api.patch('/:id', async (c) => {
    const sent = await readJson(c);
    const { external_id, markup: markupE4, ...rest } = validate(customerPatch, sent);
    const patch = { ...rest, externalId: external_id, markupE4 };
    const id = c.req.param('id');
    const change = changeBy(c, 'customer.change', { object: id, change: sent });
    return c.json(showCustomer(await changeCustomer(c.get('deps'), id, { patch, change })));
  });
  return api;
}

function showCustomer(customer: Customer): Record<string, unknown> {
  return {
    id: customer.id,
    name: customer.name,
    external_id: customer.externalId,
    status: customer.status,
    markup: customer.markupE4 / 10_000,
    prepaid: customer.prepaid,
    balance_usd: usd(customer.balanceMicros),
    held_usd: usd(customer.heldMicros),
    limits: showLimits(customer.limits),
    loras: customer.loras,
    created_at: showInstant(customer.createdAtMs),
  };
}
