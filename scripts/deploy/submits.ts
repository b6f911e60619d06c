// The stop switch of the gateway, turned by its operator over HTTP, so that the audit has it.

import { must, text } from '../call.ts';
import type { Operator } from './gateway.ts';

export async function readSubmits({ call, token }: Operator): Promise<string> {
  return text(await must(200, call('/admin/settings', { token })), 'submits');
}

export async function switchSubmits({ call, token }: Operator, submits: 'on' | 'off'): Promise<void> {
  await must(200, call('/admin/settings', { method: 'PATCH', token, body: { submits } }));
}

const lineFor = (submits: 'on' | 'off') =>
  `curl -X PATCH $COMFYGATE_URL/admin/settings -H "Authorization: Bearer $COMFYGATE_ADMIN" \\
    -H "Content-Type: application/json" -d '{"submits": "${submits}"}'`;

/** The lines that let jobs in again or keep them out, to be pasted after those of the deployment. */
export const SWITCH_ON = lineFor('on');
export const SWITCH_OFF = lineFor('off');
