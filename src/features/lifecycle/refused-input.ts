// RunComfy's refusal of an input, in the form of our own.

import { cut } from '../../lib/cut.ts';
import { Problem } from '../../lib/problem.ts';
import { memberPath } from '../../lib/member-path.ts';
import type { SubmitOutcome } from '../runcomfy/submit.ts';

const MAX_PATH_CHARS = 200;

export function refusedInput({ complaints, alarm }: Extract<SubmitOutcome, { kind: 'refused' }>): Problem {
  if (alarm) {
    const detail =
      'RunComfy refused the submit for a reason that only the operator may see. Nothing was spent.';
    return new Problem('invalid_input', detail);
  }
  const errors = complaints.map(({ steps, message }) => {
    const path = cut(memberPath(steps), MAX_PATH_CHARS);
    return { path, rule: 'runcomfy', message: path === '' ? message : `${path}: ${message}` };
  });
  const [first] = errors;
  if (first === undefined) {
    return new Problem('invalid_input', 'RunComfy refused the input; nothing was spent.');
  }
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const detail = `RunComfy refused the input; nothing was spent. It said: ${first.message}${more}`;
  return new Problem('invalid_input', detail, { errors });
}
