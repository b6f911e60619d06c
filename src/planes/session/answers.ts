// Response schemas of /session, by operation. Only Node imports them.

import type { Answers } from '../../http/answers.ts';
import type { sessionRoutes } from './routes.ts';
import { sessionView, signedInView, signInLinkView } from './session-view.ts';

export const sessionAnswers = {
  getSession: sessionView,
  signIn: signedInView,
  signOut: null,
  makeSignInLink: signInLinkView,
} satisfies Answers<typeof sessionRoutes>;
