// The part of a deployment that changes the running gateway: secrets, migrations, the new version. It runs under the lease, so
// that the state it reads does not change before it is done.

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
  /** RunComfy's token, if there is a new one. */
  given: Secrets;
  /** Secrets may be created here: the operator keeps this clone. */
  mayMake: boolean;
};

/** Returns the new version. */
export async function putUp(cloud: Cloud, order: Order): Promise<string> {
  const { place } = cloud;
  // Read again: another deployment may have just ended.
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
        ? `secrets     ${missing.join(', ')} created in ${shown(file)}`
        : `secrets     ${missing.join(', ')} missing. /admin stays closed until you set them at Cloudflare`,
    );
    return;
  }
  const names = Object.keys(secrets);
  step(`secrets     ${names.length === 0 ? 'unchanged' : `uploading ${names.join(', ')}`}`);
}

/** Notes a bookmark before the migrations, in case the operator has to undo them. */
export async function migrateNoted({ place }: Cloud, database: Database, before: string): Promise<void> {
  const bookmark = await database.bookmark();
  noteBookmark(place, bookmark, before);
  step(`bookmark    ${bookmark}`);
  const applied = await applyMigrations(database);
  step(`migrations  ${applied === 0 ? 'up to date' : `${applied} applied`}`);
}
