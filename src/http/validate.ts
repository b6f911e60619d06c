// zod's verdict on the bodies and parameters of our own API, as a Problem that names each mistake.

import type * as z from 'zod/mini';
import { IN_ENGLISH } from './english.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';

/** The parsed value, or 422 (a body) or 400 (a parameter) with the path and the rule of each mistake. */
export function validate<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  code: Extract<ProblemCode, 'invalid_input' | 'invalid_parameter'> = 'invalid_input',
): z.output<S> {
  const parsed = schema.safeParse(value, IN_ENGLISH);
  if (parsed.success) {
    return parsed.data;
  }
  const errors = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.'),
    rule: issue.code,
    message: issue.message,
  }));
  const [first] = errors;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  throw new Problem(code, `${where}${first?.message ?? 'not valid'}`, { errors });
}
