// What a customer is. Pure.

import type { Limits } from '../ledger/limits.ts';
import type { AccountId, CustomerId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { ORDERS } from '../../storage/page.ts';

export type Customer = {
  id: CustomerId;
  name: string;
  /** The operator's own id for this customer. */
  externalId: string | null;
  status: 'active' | 'suspended';
  /** Multiplies the list price, in ten-thousandths: 10000 is the list price. */
  markupE4: number;
  /** Prepaid: spends only what was credited. */
  prepaid: boolean;
  /** Micro-USD: credits and adjustments minus charges; open holds are not in it. */
  balanceMicros: number;
  heldMicros: number;
  /** LoRA names of the operator's account that this customer may use; with `*` at the end, prefixes. */
  loras: string[];
  limits: Limits;
  /** The one upstream account that takes this customer's jobs; null: any that has room. */
  accountId: AccountId | null;
  createdAtMs: number;
};

export function noSuchCustomer(): Problem {
  return new Problem('not_found', 'There is no such customer.');
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
