// /admin/customers: create, list, read and change customers, one or many at once.

import * as z from 'zod/mini';
import { changeCustomer, changeCustomers } from '../../features/customers/change.ts';
import { createCustomer } from '../../features/customers/create.ts';
import { CUSTOMER_ORDERS, CUSTOMER_STATUSES, type Customer } from '../../features/customers/customer.ts';
import { beginErasure } from '../../features/erasure/begin.ts';
import { getCustomer, listCustomers } from '../../features/customers/read.ts';
import { getCustomerLimits } from '../../features/customers/read-limits.ts';
import type { CustomerPatch } from '../../features/customers/store.ts';
import { readLimitUseOfEach } from '../../features/ledger/limit-use.ts';
import { listMonths } from '../../features/overview/list-months.ts';
import type { Sums } from '../../features/overview/overview.ts';
import { flag } from '../../http/flag.ts';
import { route } from '../../http/route.ts';
import { showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { isJsonObject } from '../../lib/json.ts';
import { usd } from '../../lib/money.ts';
import { markupFactor } from '../../http/markup.ts';
import { commaList, filter, filterList, filterText, shortName, shortText } from '../../http/text-schema.ts';
import type { CustomersView, CustomerView } from './customer-view.ts';
import type { LimitUseView } from './limit-use-view.ts';
import { pageAfter, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';

/** Customers that one call can change. One statement reads and writes all of them. */
const MAX_CHANGED = 500;

const externalId = shortText.check(z.minLength(1));

/** A name such as `style-v2.safetensors`, or a prefix such as `acme-*`. */
const loraName = z
  .string()
  .check(z.regex(/^(?:\*|[^*\p{C}]{1,200}\*?)$/u, 'is a name, or a prefix with one * at its end'));

const terms = {
  /** null: the plan's mark-up applies. */
  markup: z.nullish(markupFactor),
  prepaid: z.optional(z.boolean()),
  limits: z.optional(limitsMember),
  loras: z.optional(z.array(loraName).check(z.maxLength(500))),
  /** The only RunComfy account for this customer's jobs. */
  account: z.nullish(shortText.check(z.minLength(1))),
  /** The plan that the customer is on; null: none. */
  plan: z.nullish(shortText.check(z.minLength(1))),
};
const status = z.optional(z.enum(['active', 'suspended']));

const newCustomer = z.strictObject({ name: shortName, external_id: z.nullish(externalId), ...terms });

const customerPatch = z.strictObject({
  name: z.optional(shortName),
  external_id: z.nullish(externalId),
  ...terms,
  status,
});

/** One patch for many customers. Names and external ids differ, so it cannot contain them. */
const customersPatch = z.strictObject({
  ids: z.array(shortText).check(
    z.minLength(1),
    z.maxLength(MAX_CHANGED),
    z.refine((ids) => new Set(ids).size === ids.length, 'names a customer twice'),
  ),
  patch: z.strictObject({ ...terms, status }),
});

const customersQuery = z.strictObject({
  ...paging,
  order: filter(z.enum(CUSTOMER_ORDERS)),
  id: filterList,
  external_id: filterText,
  search: filterText,
  status: filter(z.enum(CUSTOMER_STATUSES)),
  plan: filterText,
  /** `month` adds this month's usage of each customer; `limits` adds the usage of each limit. */
  with: z._default(z.pipe(commaList, z.array(z.enum(['month', 'limits']))), []),
});

export const customerRoutes = {
  createCustomer: route({
    method: 'POST',
    path: '/admin/customers',
    door: 'admin',
    summary: 'Create a customer.',
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
    summary: 'List customers, oldest first unless `order` is set.',
    query: customersQuery,
    refusals: [],
    async run({ runtime, query }) {
      const { id, external_id, search, status: standing, plan } = query;
      const order = query.order ?? 'oldest';
      const asked = { ids: id, externalId: external_id, search, status: standing, plan, order };
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
    summary: 'Get a customer.',
    refusals: ['not_found'],
    run: async ({ runtime, params }) => showCustomer(await getCustomer(runtime, params.customer)),
  }),
  getCustomerLimits: route({
    method: 'GET',
    path: '/admin/customers/{customer}/limits',
    door: 'admin',
    summary: "Get the current usage of a customer's limits.",
    refusals: ['not_found'],
    run: async ({ runtime, params }): Promise<LimitUseView> => ({
      limits: await getCustomerLimits(runtime, params.customer),
    }),
  }),
  changeCustomer: route({
    method: 'PATCH',
    path: '/admin/customers/{customer}',
    door: 'admin',
    summary: 'Update a customer.',
    body: customerPatch,
    refusals: ['not_found', 'conflict'],
    audit: 'customer.change',
    async run({ runtime, params: { customer }, body, change }) {
      const patch = patchOf(body);
      return showCustomer(await changeCustomer(runtime, customer, { patch, change: change(customer) }));
    },
  }),
  changeCustomers: route({
    method: 'PATCH',
    path: '/admin/customers',
    door: 'admin',
    summary: 'Apply one update to up to 500 customers: to all of them, or to none.',
    body: customersPatch,
    refusals: ['not_found'],
    audit: 'customer.change',
    async run({ runtime, body: { ids, patch }, creation }): Promise<CustomersView> {
      const sent = creation.change['patch'];
      const change = { ...creation, change: isJsonObject(sent) ? sent : {} };
      const customers = await changeCustomers(runtime, ids, { patch: termsOf(patch), change });
      return { items: customers.map(showCustomer) };
    },
  }),
  eraseCustomer: route({
    method: 'DELETE',
    path: '/admin/customers/{customer}',
    door: 'admin',
    summary: 'Erase a customer: the name at once, everything else by the cron. The ledger keeps the id.',
    query: z.strictObject({ force: flag }),
    status: 202,
    refusals: ['not_found', 'conflict'],
    audit: 'customer.erase',
    async run({ runtime, params: { customer }, query: { force }, change }) {
      const entry = { ...change(customer), change: { force } };
      await beginErasure(runtime, { id: customer, force }, entry);
      return showCustomer(await getCustomer(runtime, customer));
    },
  }),
};

function patchOf({ external_id, ...rest }: z.output<typeof customerPatch>): CustomerPatch {
  return { ...termsOf(rest), externalId: external_id };
}

function termsOf<T extends { markup?: number | null | undefined }>({ markup: markupE4, ...rest }: T) {
  return { ...rest, markupE4 };
}

/** A mark-up below 1 sells below the list price. Often a percentage was meant. */
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
  const { own, plan } = customer;
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
    models: plan?.models ?? null,
    plan: plan === null ? null : { id: plan.id, name: plan.name },
    own: { markup: own.markupE4 === null ? null : own.markupE4 / 10_000, limits: showLimits(own.limits) },
    loras: customer.loras,
    account: customer.accountId,
    created_at: showInstant(customer.createdAtMs),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
