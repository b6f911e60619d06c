// The files of a run share two workerds, and what they import is read once in each. Their stores are emptied before each
// file, which takes milliseconds where a workerd of its own would take a second to start.

import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';
import { resetAccounts } from './accounts.ts';
import { closeHosts } from './network.ts';
import { dismissWitness } from './witness.ts';

closeHosts();
dismissWitness();

// `reset` passes over a store that nobody asked anything for ten seconds: it is not in memory then.
await Promise.all([
  env.DB.prepare('SELECT 1').run(),
  env.OLD_DB.prepare('SELECT 1').run(),
  env.OWNERS.get('x'),
  env.FILES.head('x'),
]);
await reset();
// In one batch, at half the price of one for each migration. It fails on a database that is not empty.
await env.DB.batch(env.MIGRATIONS.flatMap(({ queries }) => queries).map((query) => env.DB.prepare(query)));

// Tests of one file share its D1. What one of them learnt of the upstream account is not the next one's business.
beforeEach(resetAccounts);
