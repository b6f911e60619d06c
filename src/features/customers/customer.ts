// A customer of the gateway. Pure.

import type { Limits } from '../ledger/limits.ts';
import type { AccountId, CustomerId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { ORDERS } from '../../storage/page.ts';
import type { Plan } from '../plans/plan.ts';

export const CUSTOMER_STATUSES = ['active', 'suspended', 'erasing', 'erased'] as const;
type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];

export type Customer = {
  id: CustomerId;
  name: string;
  /** The operator's own id for this customer. */
  externalId: string | null;
  /** An erased customer has nothing but the id, by which ledger and audit refer to them. */
  status: CustomerStatus;
  /** The plan gives limits, mark-up and models that the customer does not have of their own. */
  plan: Plan | null;
  /** The customer's own terms, without those of the plan; null: no mark-up of their own. */
  own: { markupE4: number | null; limits: Limits };
  /** The effective mark-up multiplies the list price, in ten-thousandths: 10000 is the list price. */
  markupE4: number;
  /** True: spends only what was credited. */
  prepaid: boolean;
  /** Micro-USD: credits and adjustments minus charges, without open holds. */
  balanceMicros: number;
  heldMicros: number;
  /** LoRA names of the operator's account that this customer may use; with `*` at the end, prefixes. */
  loras: string[];
  /** The effective limits. */
  limits: Limits;
  /** The upstream account for all jobs of this customer; null: any account with room. */
  accountId: AccountId | null;
  createdAtMs: number;
};

export function noSuchCustomer(): Problem {
  return new Problem('not_found', 'There is no such customer.');
}

/** 404 for a change of many customers that names these unknown ids. */
export function noSuchCustomers(ids: string[]): Problem {
  const errors = ids.map((id) => ({ path: 'ids', rule: 'exists', message: `There is no customer ${id}` }));
  return new Problem(
    'not_found',
    `There is no customer ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}. Nobody was changed.`,
    { errors },
  );
}

export function noAccountToPin(): Problem {
  const message = 'There is no such upstream account. GET /admin/accounts lists them';
  return new Problem('invalid_input', `account: ${message}.`, {
    errors: [{ path: 'account', rule: 'exists', message }],
  });
}

export function externalIdTaken(): Problem {
  return new Problem('conflict', 'Another customer has this external_id.');
}

/** By age or by name, which ignores case; each in both directions. */
export const CUSTOMER_ORDERS = [...ORDERS, 'name', 'name_desc'] as const;
export type CustomerOrder = (typeof CUSTOMER_ORDERS)[number];
