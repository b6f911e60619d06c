// What a customer is. Pure.

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
  /** Of one who is erased or being erased only the id is left, which the ledger and the audit know. */
  status: CustomerStatus;
  /** Whose limits, mark-up and models hold where the customer has none of their own. */
  plan: Plan | null;
  /** What the customer has of their own; a mark-up of null: none. */
  own: { markupE4: number | null; limits: Limits };
  /** What holds. It multiplies the list price, in ten-thousandths: 10000 is the list price. */
  markupE4: number;
  /** Prepaid: spends only what was credited. */
  prepaid: boolean;
  /** Micro-USD: credits and adjustments minus charges; open holds are not in it. */
  balanceMicros: number;
  heldMicros: number;
  /** LoRA names of the operator's account that this customer may use; with `*` at the end, prefixes. */
  loras: string[];
  /** What holds. */
  limits: Limits;
  /** The one upstream account that takes this customer's jobs; null: any that has room. */
  accountId: AccountId | null;
  createdAtMs: number;
};

export function noSuchCustomer(): Problem {
  return new Problem('not_found', 'There is no such customer.');
}

/** Some of the customers that one change was for are not there, so none was changed. */
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

/** By age from either end, or by name in any case, from A or from Z. */
export const CUSTOMER_ORDERS = [...ORDERS, 'name', 'name_desc'] as const;
export type CustomerOrder = (typeof CUSTOMER_ORDERS)[number];
