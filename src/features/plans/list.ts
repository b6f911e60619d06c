// Plans as the operator looks at them.

import type { Runtime } from '../../runtime.ts';
import type { Page } from '../../storage/page.ts';
import { readPlans, type ListedPlan } from './store.ts';

export function listPlans({ db }: Runtime, page: Page): Promise<ListedPlan[]> {
  return readPlans(db, page);
}
