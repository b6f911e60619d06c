import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';
import { resetAccounts } from './accounts.ts';

await applyD1Migrations(env.DB, env.MIGRATIONS);

// Tests of one file share its D1. What one of them learnt of the upstream account is not the next one's business.
beforeEach(resetAccounts);
