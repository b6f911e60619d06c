import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';

await applyD1Migrations(env.DB, env.MIGRATIONS);

// Tests of one file share its D1. What one of them learnt of the upstream account is not the next one's business.
beforeEach(async () => {
  await env.DB.prepare(
    `UPDATE accounts SET state = 'ok', since_ms = 0, unknown_in_a_row = 0, unknown_customer = '', balance_check_at_ms = 0,
       balance_micros = NULL, balance_at_ms = NULL`,
  ).run();
});
