// The list of plans, for the operator.

import type { Runtime } from '../../runtime.ts';
import type { Page } from '../../storage/page.ts';
import { readPlans, type ListedPlan } from './store.ts';

export function listPlans({ db }: Runtime, page: Page): Promise<ListedPlan[]> {
  return readPlans(db, page);
}
