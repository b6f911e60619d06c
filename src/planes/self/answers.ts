// Response schemas of self-service, by operation. Only Node imports them.

import type { Answers } from '../../http/answers.ts';
import { openapiView } from '../../http/openapi-view.ts';
import { pageView } from '../../http/page-view.ts';
import { estimateView } from './estimate-view.ts';
import { fileView } from './file-view.ts';
import { ownKeyView, rotatedOwnKeyView } from './key-view.ts';
import { ownRequestView } from './request-view.ts';
import type { selfRoutes } from './routes.ts';
import { newTokenView, tokenView } from './token-view.ts';
import { ownUsageView } from './usage-view.ts';

export const selfAnswers = {
  estimate: estimateView,
  uploadFile: fileView,
  listFiles: pageView(fileView),
  deleteFile: null,
  getOwnKey: ownKeyView,
  rotateOwnKey: rotatedOwnKeyView,
  getModelOpenapi: openapiView,
  listRequests: pageView(ownRequestView),
  getRequest: ownRequestView,
  mintToken: newTokenView,
  listTokens: pageView(tokenView),
  revokeToken: null,
  reportOwnUsage: ownUsageView,
} satisfies Answers<typeof selfRoutes>;
