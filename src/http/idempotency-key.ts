// The Idempotency-Key of a request and the header of a replayed answer (draft-ietf-httpapi-idempotency-key-header).

import { Problem } from '../lib/problem.ts';
import { headerOf, type RequestContext } from './context.ts';

/** The answer repeats that of an earlier request with the same key. */
export const REPLAYED = { 'Idempotent-Replayed': 'true' };

const SHAPE = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The key, or null without one. */
export function idempotencyKeyOf(context: RequestContext): string | null {
  const key = headerOf(context, 'Idempotency-Key');
  if (key !== null && !SHAPE.test(key)) {
    throw new Problem('invalid_parameter', 'An Idempotency-Key has 1 to 255 printable ASCII characters.');
  }
  return key;
}
