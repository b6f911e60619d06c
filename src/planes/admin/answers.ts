// The schemas of the operator's answers, by operation. For Node alone: the document, its types and the tests read them.

import type { Answers } from '../../http/answers.ts';
import type { adminRoutes } from './routes.ts';
import { settingsView } from './settings-view.ts';

export const adminAnswers = {
  getSettings: settingsView,
  changeSettings: settingsView,
} satisfies Answers<typeof adminRoutes>;
