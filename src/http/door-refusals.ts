// Refusals that follow from a route's door, query and body. A row lists only its additional refusals.

import type { ProblemCode } from '../lib/problem.ts';
import { isRead, type Door, type Route } from './route.ts';

const ALWAYS: readonly ProblemCode[] = ['misconfigured', 'internal', 'storage_unavailable'];

const OF_DOOR: Record<Door, readonly ProblemCode[]> = {
  open: [],
  key: ['invalid_key', 'rate_limited', 'customer_suspended', 'key_in_page', 'origin_not_allowed'],
  admin: ['admin_closed', 'rate_limited', 'invalid_admin_token', 'session_ended', 'cross_site'],
};

const OF_BODY: readonly ProblemCode[] = [
  'malformed_body',
  'body_too_large',
  'body_stalled',
  'gateway_busy',
  'unsupported_media_type',
  'invalid_input',
];

const OF_FILE: readonly ProblemCode[] = [
  'length_required',
  'length_mismatch',
  'body_stalled',
  'body_too_large',
  'unsupported_file',
];

/** Every refusal that the route can give. */
export function refusalsOf(row: Route): ProblemCode[] {
  const { door, tokens, wire, query, body, refusals } = row;
  const hasQuery = query !== undefined || wire === undefined;
  return [
    ...new Set([
      ...ALWAYS,
      ...OF_DOOR[door],
      ...(door === 'admin' && !isRead(row) ? (['read_only_token'] as const) : []),
      ...(door === 'key' && tokens === undefined ? (['token_not_allowed'] as const) : []),
      ...(hasQuery ? (['invalid_parameter'] as const) : []),
      ...(body === undefined ? [] : body === 'file' ? OF_FILE : OF_BODY),
      ...refusals,
    ]),
  ];
}
