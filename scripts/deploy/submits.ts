// The stop switch of the gateway, over HTTP so that the audit records the change.

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

/** Commands that switch submits on or off. They use the variables that the next steps of a deployment set. */
export const SWITCH_ON = lineFor('on');
export const SWITCH_OFF = lineFor('off');
