// Validates bodies and parameters of our own API with zod. The Problem lists each mistake.

import type * as z from 'zod/mini';
import { cut } from '../lib/cut.ts';
import { IN_ENGLISH } from './english.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';

type Code = Extract<ProblemCode, 'invalid_input' | 'invalid_parameter'>;

/** The parsed value. Throws 422 (a body) or 400 (a parameter) with path and rule of each mistake. */
export function validate<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  code: Code = 'invalid_input',
): z.output<S> {
  const parsed = schema.safeParse(value, IN_ENGLISH);
  if (parsed.success) {
    return parsed.data;
  }
  const errors = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.'),
    rule: issue.code,
    message: messageOf(issue, code),
  }));
  const [first] = errors;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  throw new Problem(code, `${where}${first?.message ?? 'not valid'}`, { errors });
}

/** The members of a query are parameters. */
function messageOf(issue: z.core.$ZodIssue, code: Code): string {
  return code === 'invalid_parameter' && issue.code === 'unrecognized_keys'
    ? `This route has no parameter ${issue.keys.map((name) => JSON.stringify(cut(name, 40))).join(', ')}.`
    : issue.message;
}
