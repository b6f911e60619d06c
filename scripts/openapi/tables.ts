// The planes of the gateway: their rows, and the schemas of their answers.

import type * as z from 'zod/mini';
import type { Routes } from '../../src/http/route.ts';
import { dataAnswers } from '../../src/planes/data/answers.ts';
import { dataRoutes } from '../../src/planes/data/routes.ts';
import { selfAnswers } from '../../src/planes/self/answers.ts';
import { selfRoutes } from '../../src/planes/self/routes.ts';
import { adminAnswers } from '../../src/planes/admin/answers.ts';
import { adminRoutes } from '../../src/planes/admin/routes.ts';

type Table = {
  tag: string;
  description: string;
  routes: Routes;
  answers: Record<string, z.ZodMiniType | null>;
};

export const TABLES: Table[] = [
  {
    tag: 'runcomfy',
    description: "RunComfy's own routes; a comfygate key stands in the place of RunComfy's token.",
    routes: dataRoutes,
    answers: dataAnswers,
  },
  {
    tag: 'self-service',
    description: 'What a customer does for itself.',
    routes: selfRoutes,
    answers: selfAnswers,
  },
  { tag: 'operator', description: 'The API of the operator.', routes: adminRoutes, answers: adminAnswers },
];
