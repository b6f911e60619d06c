// `npm run migrate`: applies missing migrations to the database at Cloudflare. The running Worker does not change.

import { findDeployed, readPlaceOptions } from './deploy/command.ts';
import { withLease } from './deploy/lease.ts';
import { refuseForeign } from './deploy/migrations.ts';
import { migrateNoted } from './deploy/put-up.ts';
import { giveUp } from './terminal.ts';

const USAGE = 'Usage: npm run migrate -- [--env staging] [--name NAME]';

async function migrate(): Promise<void> {
  const { cloud, database } = await findDeployed(readPlaceOptions(process.argv.slice(2), USAGE));
  await refuseForeign(cloud.place, database);
  await withLease(cloud.place, database, () => migrateNoted(cloud, database, 'migrate'));
}

migrate().catch(giveUp);
