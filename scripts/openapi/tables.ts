// The routes of all planes with the schemas of their answers.

import type * as z from 'zod/mini';
import type { Routes } from '../../src/http/route.ts';
import { dataAnswers } from '../../src/planes/data/answers.ts';
import { dataRoutes } from '../../src/planes/data/routes.ts';
import { openAnswers } from '../../src/planes/open/answers.ts';
import { openRoutes } from '../../src/planes/open/routes.ts';
import { selfAnswers } from '../../src/planes/self/answers.ts';
import { selfRoutes } from '../../src/planes/self/routes.ts';
import { sessionAnswers } from '../../src/planes/session/answers.ts';
import { sessionRoutes } from '../../src/planes/session/routes.ts';
import { adminAnswers } from '../../src/planes/admin/answers.ts';
import { adminRoutes } from '../../src/planes/admin/routes.ts';

export type Table = {
  tag: string;
  description: string;
  routes: Routes;
  answers: Record<string, z.ZodMiniType | null>;
};

/** The routes that customers can call. */
export const CUSTOMERS: Table[] = [
  {
    tag: 'runcomfy',
    description: "RunComfy's own routes, called with a comfygate key in place of RunComfy's token.",
    routes: dataRoutes,
    answers: dataAnswers,
  },
  {
    tag: 'self-service',
    description: 'Calls of customers about their own keys, jobs, limits and usage.',
    routes: selfRoutes,
    answers: selfAnswers,
  },
  {
    tag: 'open',
    description: 'Public routes that need no key.',
    routes: openRoutes,
    answers: openAnswers,
  },
];

export const TABLES: Table[] = [
  ...CUSTOMERS,
  { tag: 'operator', description: 'The API of the operator.', routes: adminRoutes, answers: adminAnswers },
  {
    tag: 'session',
    description: 'Sign-in to the console, with a cookie.',
    routes: sessionRoutes,
    answers: sessionAnswers,
  },
];
