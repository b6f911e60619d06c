// /admin/customers: make, list, read, change.

import * as z from 'zod/mini';
import { changeCustomer } from '../../features/customers/change.ts';
import { createCustomer } from '../../features/customers/create.ts';
import { CUSTOMER_ORDERS, type Customer } from '../../features/customers/customer.ts';
import { getCustomer, listCustomers } from '../../features/customers/read.ts';
import { getCustomerLimits } from '../../features/customers/read-limits.ts';
import type { CustomerPatch } from '../../features/customers/store.ts';
import { readLimitUseOfEach } from '../../features/ledger/limit-use.ts';
import { listMonths } from '../../features/overview/list-months.ts';
import type { Sums } from '../../features/overview/overview.ts';
import { route } from '../../http/route.ts';
import { showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { usd } from '../../lib/money.ts';
import { markupFactor } from '../../http/markup.ts';
import { commaList, filter, filterList, filterText, shortName, shortText } from '../../http/text-schema.ts';
import type { CustomerView } from './customer-view.ts';
import type { LimitUseView } from './limit-use-view.ts';
import { pageAfter, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';

const externalId = shortText.check(z.minLength(1));

/** `style-v2.safetensors`, or `acme-*` for all that start so. */
const loraName = z
  .string()
  .check(z.regex(/^(?:\*|[^*\p{C}]{1,200}\*?)$/u, 'is a name, or a prefix with one * at its end'));

const terms = {
  external_id: z.nullish(externalId),
  markup: z.optional(markupFactor),
  prepaid: z.optional(z.boolean()),
  limits: z.optional(limitsMember),
  loras: z.optional(z.array(loraName).check(z.maxLength(500))),
  /** Bring your own: the one upstream account that takes this customer's jobs. */
  account: z.nullish(shortText.check(z.minLength(1))),
};

const newCustomer = z.strictObject({ name: shortName, ...terms });

const customerPatch = z.strictObject({
  name: z.optional(shortName),
  ...terms,
  status: z.optional(z.enum(['active', 'suspended'])),
});

const customersQuery = z.strictObject({
  ...paging,
  order: filter(z.enum(CUSTOMER_ORDERS)),
  id: filterList,
  external_id: filterText,
  search: filterText,
  status: filter(z.enum(['active', 'suspended'])),
  /** `month`: with what each of them did in this month; `limits`: with how much of each limit is used. */
  with: z._default(z.pipe(commaList, z.array(z.enum(['month', 'limits']))), []),
});

export const customerRoutes = {
  createCustomer: route({
    method: 'POST',
    path: '/admin/customers',
    door: 'admin',
    summary: 'Create a customer',
    body: newCustomer,
    status: 201,
    refusals: ['conflict'],
    audit: 'customer.create',
    run: async ({ runtime, body, creation }) =>
      showCustomer(await createCustomer(runtime, { ...patchOf(body), name: body.name }, creation)),
  }),
  listCustomers: route({
    method: 'GET',
    path: '/admin/customers',
    door: 'admin',
    summary: 'List customers, oldest first unless `order` says otherwise',
    query: customersQuery,
    refusals: [],
    async run({ runtime, query }) {
      const { id, external_id, search, status } = query;
      const order = query.order ?? 'oldest';
      const asked = { ids: id, externalId: external_id, search, status, order };
      const page = pageAfter(query, order === 'newest' ? order : 'oldest');
      const { rows, stoppedAt } = await listCustomers(runtime, asked, page);
      const ids = rows.map((customer) => customer.id);
      const months = query.with.includes('month') ? await listMonths(runtime, ids) : null;
      const use = query.with.includes('limits') ? await readLimitUseOfEach(runtime, ids) : null;
      const show = (customer: Customer): CustomerView => {
        const sums = months?.get(customer.id);
        return {
          ...showCustomer(customer),
          ...(sums === undefined ? {} : { month: showMonth(sums) }),
          ...(use === null ? {} : { limit_use: use.get(customer.id) ?? [] }),
        };
      };
      return showPage(rows, query.limit, { show, place: placeOf, stoppedAt });
    },
  }),
  getCustomer: route({
    method: 'GET',
    path: '/admin/customers/{customer}',
    door: 'admin',
    summary: 'Read a customer',
    refusals: ['not_found'],
    run: async ({ runtime, params }) => showCustomer(await getCustomer(runtime, params.customer)),
  }),
  getCustomerLimits: route({
    method: 'GET',
    path: '/admin/customers/{customer}/limits',
    door: 'admin',
    summary: "Read how much of a customer's limits is used now",
    refusals: ['not_found'],
    run: async ({ runtime, params }): Promise<LimitUseView> => ({
      limits: await getCustomerLimits(runtime, params.customer),
    }),
  }),
  changeCustomer: route({
    method: 'PATCH',
    path: '/admin/customers/{customer}',
    door: 'admin',
    summary: 'Change a customer',
    body: customerPatch,
    refusals: ['not_found', 'conflict'],
    audit: 'customer.change',
    async run({ runtime, params: { customer }, body, change }) {
      const patch = { ...patchOf(body), status: body.status };
      return showCustomer(await changeCustomer(runtime, customer, { patch, change: change(customer) }));
    },
  }),
};

type Terms = Omit<z.output<typeof customerPatch>, 'status'>;

function patchOf({ external_id, markup: markupE4, ...rest }: Terms): CustomerPatch {
  return { ...rest, externalId: external_id, markupE4 };
}

/** A mark-up below 1 sells below the list price: often a percentage was meant. */
function warningsOf({ markupE4 }: Customer): string[] {
  return markupE4 < 10_000
    ? [`markup ${markupE4 / 10_000} multiplies: this customer pays less than the list price.`]
    : [];
}

function showMonth({ jobs, charged, adjusted, cost }: Sums): CustomerView['month'] {
  return { jobs, charged_usd: usd(charged), margin_usd: usd(charged - adjusted - cost) };
}

function showCustomer(customer: Customer): CustomerView {
  const warnings = warningsOf(customer);
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
    account: customer.accountId,
    created_at: showInstant(customer.createdAtMs),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
