// The operator creates, changes and deletes plans. A change applies to all customers of the plan with their next submit:
// the gate reads the plan, and an isolate that has priced by the old one has to read it again.

import type { Change, Creation } from '../audit/store.ts';
import type { KeysRuntime } from '../keys/memory.ts';
import { newId, type PlanId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { noSuchPlan, planInUse, planNameTaken } from './plan.ts';
import { dropPlan, insertPlan, patchPlan, type ListedPlan, type PlanPatch } from './store.ts';

/** 409 when another plan has the name. */
export async function createPlan(
  { db }: Runtime,
  plan: PlanPatch & { name: string },
  creation: Creation,
): Promise<ListedPlan> {
  const id: PlanId = newId('plan');
  return written(await insertPlan(db, { ...plan, id }, { ...creation, object: id }));
}

/** 404 without such a plan, 409 when another one has the name. */
export async function changePlan(
  deps: KeysRuntime,
  id: string,
  { patch, change }: { patch: PlanPatch; change: Change },
): Promise<ListedPlan> {
  const plan = await patchPlan(deps.db, id, { patch, change });
  // Each isolate remembers mark-up and models with the customers' keys.
  deps.memory.principals.clear();
  return written(plan);
}

/** 404 without such a plan; 409 while a customer is on it or it is the default. */
export async function deletePlan({ db }: Runtime, id: string, change: Change): Promise<void> {
  const dropped = await dropPlan(db, id, change);
  if (dropped === null) {
    throw noSuchPlan();
  }
  if (dropped === 'in use') {
    throw planInUse();
  }
}

function written(plan: ListedPlan | 'taken' | 'missing'): ListedPlan {
  if (plan === 'taken') {
    throw planNameTaken();
  }
  if (plan === 'missing') {
    throw noSuchPlan();
  }
  return plan;
}
