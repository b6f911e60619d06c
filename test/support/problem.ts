// Checks every refusal on the wire, member by member and header by header.

import type { ExpectStatic } from 'vitest';
import type { Reply } from './world.ts';

export type Refusal = {
  status: number;
  code: string;
  errorCode: number;
  detail: RegExp;
  /** Members beside the eight that every refusal has. */
  also?: string[];
};

const MEMBERS = [
  'type',
  'title',
  'status',
  'detail',
  'code',
  'trace_id',
  'error_code',
  'error_message',
] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Fails unless the answer is this refusal, whole, with no member more and none less. */
export function expectRefusal(expect: ExpectStatic, reply: Reply, wanted: Refusal): void {
  const { status, headers, body } = reply;
  expect({ status, code: body?.code, error_code: body?.error_code }).toEqual({
    status: wanted.status,
    code: wanted.code,
    error_code: wanted.errorCode,
  });
  expect(Object.keys(body).toSorted()).toEqual([...MEMBERS, ...(wanted.also ?? [])].toSorted());
  expect(body).toMatchObject({
    type: `urn:comfygate:problem:${wanted.code}`,
    title: expect.stringMatching(/\w/),
    status: wanted.status,
    detail: expect.stringMatching(wanted.detail),
    trace_id: expect.stringMatching(UUID),
  });
  expect(body.error_message).toBe(body.detail);
  expect(headers.get('x-request-id')).toBe(body.trace_id);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('www-authenticate')).toBe(wanted.status === 401 ? 'Bearer' : null);
}
