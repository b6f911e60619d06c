// The schemas of the answers to a customer's own calls, by operation. For Node alone.

import type { Answers } from '../../http/answers.ts';
import { estimateView } from './estimate-view.ts';
import type { selfRoutes } from './routes.ts';
import { ownUsageView } from './usage-view.ts';

export const selfAnswers = {
  estimate: estimateView,
  reportOwnUsage: ownUsageView,
} satisfies Answers<typeof selfRoutes>;
