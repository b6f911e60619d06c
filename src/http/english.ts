// English messages for zod's issues. zod/mini has no messages of its own, and zod's English locale is larger than this
// file, which covers the checks that we use.

import type * as z from 'zod/mini';

const UNITS: Record<string, string> = { string: ' characters', array: ' items' };

/** Pass it to every parse whose messages people read: without it each message is "Invalid input". */
export const IN_ENGLISH: z.core.ParseContext<z.core.$ZodIssue> = { error: sentenceOf };

function sentenceOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be of type ${issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'unrecognized_keys':
      return `has a member that is not known: ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL' : 'is not valid';
    default:
      return 'is not valid';
  }
}
