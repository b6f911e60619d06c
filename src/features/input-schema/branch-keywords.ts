// anyOf and oneOf: where no branch takes a value, the errors are those of the branch that it was meant for.

import type { JsonError, SchemaNode } from 'json-schema-library';
import { codeOf, errorAt, isEmpty, type At } from './keyword.ts';

export function checkAnyOf(at: At): JsonError | JsonError[] | undefined {
  const failures = failuresOf(at.node.anyOf, at);
  return failures.some(isEmpty) ? undefined : (closest(failures, at) ?? errorAt(at, 'any-of-error'));
}

export function checkOneOf(at: At): JsonError | JsonError[] | undefined {
  const failures = failuresOf(at.node.oneOf, at);
  const matches = failures.filter(isEmpty).length;
  if (matches === 0) {
    return closest(failures, at) ?? errorAt(at, 'one-of-error');
  }
  return matches === 1 ? undefined : errorAt(at, 'multiple-one-of-error');
}

function failuresOf(branches: SchemaNode[] | undefined, { data, pointer, path }: At): JsonError[][] {
  return (branches ?? []).map((branch) => branch.validate(data, pointer, path).errors);
}

/** What is wrong with the one form that the value was meant to have; undefined when none or several would do. */
function closest(failures: JsonError[][], { pointer }: At): JsonError[] | undefined {
  const isOther = (error: JsonError) =>
    error.data.pointer === pointer && ['type-error', 'enum-error', 'const-error'].includes(codeOf(error));
  const meant = failures.filter((errors) => !errors.some(isOther));
  return meant.length === 1 ? meant[0] : undefined;
}
