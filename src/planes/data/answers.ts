// Response schemas of RunComfy's routes, by operation. Only Node imports them.

import type { Answers } from '../../http/answers.ts';
import type { dataRoutes } from './routes.ts';
import {
  balanceView,
  cancelledView,
  catalogueModelView,
  catalogueView,
  categoriesView,
  resultView,
  statusView,
  submittedView,
} from './views.ts';

export const dataAnswers = {
  listOfferedModels: catalogueView,
  listCategories: categoriesView,
  getOfferedModel: catalogueModelView,
  submit: submittedView,
  getStatus: statusView,
  getResult: resultView,
  cancelJob: cancelledView,
  getBalance: balanceView,
} satisfies Answers<typeof dataRoutes>;
