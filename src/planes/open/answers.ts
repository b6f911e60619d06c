// Response schemas of the public routes, by operation. Only Node imports them.

import type { Answers } from '../../http/answers.ts';
import { openapiView } from '../../http/openapi-view.ts';
import type { openRoutes } from './routes.ts';
import { welcomeView } from './welcome-view.ts';

export const openAnswers = {
  welcome: welcomeView,
  getOpenapi: openapiView,
  getFile: null,
} satisfies Answers<typeof openRoutes>;
