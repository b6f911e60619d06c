// The part of a deployment that changes what runs: secrets, migrations, the new version. Under the lease, so that what it
// finds stays true until it is done.

import { step } from '../terminal.ts';
import type { Cloud } from './cloud.ts';
import { writeConfig, type Ids } from './config.ts';
import type { Database } from './database.ts';
import { renewLease } from './lease.ts';
import { applyMigrations } from './migrations.ts';
import { noteBookmark, shown } from './notes.ts';
import { chooseSecrets, missingOf, type Secrets } from './secrets.ts';
import { upload } from './upload.ts';
import { findWorker } from './worker.ts';

export type Order = {
  ids: Ids;
  database: Database;
  vars: Record<string, string>;
  /** RunComfy's token, where one was given. */
  given: Secrets;
  /** Secrets may be made here: somebody will read them in this clone. */
  mayMake: boolean;
};

/** Returns the version that runs now. */
export async function putUp(cloud: Cloud, order: Order): Promise<string> {
  const { place } = cloud;
  // Read again: another deployment may have ended a moment ago.
  const present = (await findWorker(cloud))?.secrets ?? [];
  const missing = missingOf(place, present);
  const secrets = { ...chooseSecrets(place, present, order.mayMake ? missing : []), ...order.given };
  sayCare(place.secretsFile, { secrets, missing, mayMake: order.mayMake });
  await migrateNoted(cloud, order.database, 'deploy');
  writeConfig(cloud, { ids: order.ids, vars: order.vars, isComplete: order.mayMake || missing.length === 0 });
  await renewLease(place, order.database);
  const version = await upload(place, secrets);
  step(`deployed    version ${version}`);
  return version;
}

type Care = { secrets: Secrets; missing: string[]; mayMake: boolean };

function sayCare(file: string, { secrets, missing, mayMake }: Care): void {
  if (missing.length > 0) {
    step(
      mayMake
        ? `secrets     ${missing.join(', ')} made: ${shown(file)}`
        : `secrets     ${missing.join(', ')} missing: set them at Cloudflare, until then /admin is closed`,
    );
    return;
  }
  const names = Object.keys(secrets);
  step(`secrets     ${names.length === 0 ? 'stay as they are' : `${names.join(', ')} go up`}`);
}

/** Takes the point in time before the migrations, in case that they have to be undone. */
export async function migrateNoted({ place }: Cloud, database: Database, before: string): Promise<void> {
  const bookmark = await database.bookmark();
  noteBookmark(place, bookmark, before);
  step(`bookmark    ${bookmark}`);
  const applied = await applyMigrations(database);
  step(`migrations  ${applied === 0 ? 'up to date' : `${applied} applied`}`);
}
