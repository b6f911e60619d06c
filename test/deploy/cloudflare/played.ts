// A gateway that only says which version it is, to its admin token: enough for a deployment to end, and no workerd.

import type { Version } from './account.ts';

export function playHealth({ id, bindings }: Version, request: Request): Response {
  const tokens = bindings.find(({ name }) => name === 'ADMIN_TOKENS')?.text?.split(',') ?? [];
  const presented = request.headers.get('authorization');
  if (!tokens.some((pair) => presented === `Bearer ${pair.split(':')[1]}`)) {
    return Response.json({ code: 'invalid_admin_token' }, { status: 401 });
  }
  const body = { status: 'failing', version: id, concerns: [], cron_ran_at: null, accounts: [] };
  return Response.json(body, { status: 503 });
}
