// The upstream account as it was before anything was learnt of it.

import { env } from 'cloudflare:workers';

export async function resetAccounts(): Promise<void> {
  await env.DB.prepare(
    `UPDATE accounts SET state = 'ok', since_ms = 0, silent_since_ms = 0, silent_for = '[]', balance_check_at_ms = 0,
       balance_micros = NULL, balance_at_ms = NULL`,
  ).run();
}
