// The planes of the gateway: their rows, and the schemas of their answers.

import type * as z from 'zod/mini';
import type { Routes } from '../../src/http/route.ts';
import { adminAnswers } from '../../src/planes/admin/answers.ts';
import { adminRoutes } from '../../src/planes/admin/routes.ts';

type Table = {
  tag: string;
  description: string;
  routes: Routes;
  answers: Record<string, z.ZodMiniType | null>;
};

export const TABLES: Table[] = [
  { tag: 'operator', description: 'The API of the operator.', routes: adminRoutes, answers: adminAnswers },
];
