// The type of a table that joins the rows of a plane with the schemas of their answers.

import type * as z from 'zod/mini';
import type { ViewOf } from './route.ts';

/** By operation id: a schema of exactly what the row's handler returns; null for an answer without a body. */
export type Answers<R> = {
  [Id in keyof R]: [ViewOf<R[Id]>] extends [null] ? null : z.ZodMiniType<ViewOf<R[Id]>>;
};
