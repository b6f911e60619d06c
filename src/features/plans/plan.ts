// A plan: limits, a mark-up and models under a name, for all customers that are on it. Pure.

import type { PlanId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { Limits } from '../ledger/limits.ts';

export type Plan = {
  id: PlanId;
  name: string;
  limits: Limits;
  /** Null: the plan sets none. */
  markupE4: number | null;
  /** Model ids, and prefixes such as `bytedance/*`; null: all. No key of the plan's customers may use others. */
  models: string[] | null;
};

/** The mark-up if neither customer nor plan sets one. */
export const LIST_PRICE_E4 = 10_000;

/** The values that hold for a customer: their own win over those of their plan. */
export function holding(
  own: { markupE4: number | null; limits: Limits },
  plan: Plan | null,
): { markupE4: number; limits: Limits } {
  return {
    markupE4: own.markupE4 ?? plan?.markupE4 ?? LIST_PRICE_E4,
    limits: { ...plan?.limits, ...own.limits },
  };
}

export function noSuchPlan(): Problem {
  return new Problem('not_found', 'There is no such plan.');
}

/** A body names a plan that does not exist. */
export function noPlanToJoin(): Problem {
  const message = 'There is no such plan. GET /admin/plans lists them';
  return new Problem('invalid_input', `plan: ${message}.`, {
    errors: [{ path: 'plan', rule: 'exists', message }],
  });
}

export function planNameTaken(): Problem {
  return new Problem('conflict', 'Another plan has this name.');
}

export function planInUse(): Problem {
  return new Problem(
    'conflict',
    'Customers are on this plan, or it is the default for new ones. Move them first: GET /admin/customers?plan=… lists them.',
  );
}
