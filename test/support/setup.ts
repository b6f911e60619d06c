// The files of a run share two workerds, and what they import is read once in each. Their stores are emptied before each
// file, which takes milliseconds where a workerd of its own would take a second to start.

import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';
import { resetAccounts } from './accounts.ts';
import { migrate } from './migrate.ts';
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
await migrate(env.DB);

// Tests of one file share its D1. What one of them learnt of the upstream account is not the next one's business.
beforeEach(resetAccounts);
