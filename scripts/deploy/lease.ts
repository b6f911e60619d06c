// A lease that allows one deployment at a time: a row in the database, created before the first migration. It lasts until its
// holder releases it or it expires by the clock of the database. After an interruption a clone takes its own lease again.
// Migrations do not need the lease (migrations.ts). It keeps secrets and uploads of two deployments apart.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake, step } from '../terminal.ts';
import { quoted, type Database } from './database.ts';
import type { Place } from './place.ts';

const LEASE_SECONDS = 300;
const POLL_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const TABLE = `CREATE TABLE IF NOT EXISTS deploy_lease (
  one INTEGER PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL, until_s INTEGER NOT NULL) STRICT;`;

/** Does the work while no other deployment runs. */
export async function withLease<T>(place: Place, database: Database, work: () => Promise<T>): Promise<T> {
  const holder = holderOf(place);
  await takeLease(database, holder);
  const release = () => releaseLease(database, holder);
  const stop = () => void release().finally(() => process.exit(130));
  for (const signal of SIGNALS) {
    process.once(signal, stop);
  }
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) {
      process.off(signal, stop);
    }
    await release();
  }
}

async function takeLease(database: Database, holder: string): Promise<void> {
  const giveUpMs = Date.now() + 2 * LEASE_SECONDS * 1000;
  let isAnnounced = false;
  while (Date.now() < giveUpMs) {
    const other = await tryLease(database, holder);
    if (other === null) {
      return;
    }
    if (!isAnnounced) {
      step(`waiting     for another deployment, ${other.leftSeconds} s at most`);
      isAnnounced = true;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Mistake(
    'Another deployment is still in progress. Wait until it ends, then run the command again.',
  );
}

/** Null: this clone has the lease now. */
async function tryLease(database: Database, holder: string): Promise<{ leftSeconds: number } | null> {
  const rows = await database.query(
    `${TABLE}
     INSERT INTO deploy_lease (one, holder, until_s) VALUES (1, ${quoted(holder)}, unixepoch() + ${LEASE_SECONDS})
       ON CONFLICT (one) DO UPDATE SET holder = excluded.holder, until_s = excluded.until_s
       WHERE holder = excluded.holder OR until_s <= unixepoch();
     SELECT holder, until_s - unixepoch() AS left_s FROM deploy_lease;`,
  );
  const [lease] = rows.at(-1) ?? [];
  return lease?.['holder'] === holder ? null : { leftSeconds: Number(lease?.['left_s'] ?? LEASE_SECONDS) };
}

/**
 * Renews the lease before the upload. A machine that slept may have lost the lease, and the state that it read may be out of
 * date.
 */
export async function renewLease(place: Place, database: Database): Promise<void> {
  const holder = quoted(holderOf(place));
  const rows = await database.query(
    `UPDATE deploy_lease SET until_s = unixepoch() + ${LEASE_SECONDS} WHERE holder = ${holder};
     SELECT 1 FROM deploy_lease WHERE holder = ${holder};`,
  );
  if (rows.at(-1)?.length !== 1) {
    throw new Mistake(
      'This deployment took too long, and another one started. Nothing was uploaded. Run the command again.',
    );
  }
}

/** If this fails, the lease expires by itself. */
async function releaseLease(database: Database, holder: string): Promise<void> {
  await database.query(`DELETE FROM deploy_lease WHERE holder = ${quoted(holder)};`).catch(() => null);
}

/** The same id for every run of this clone, so that a run continues immediately after an interruption. */
function holderOf({ folder }: Place): string {
  const file = join(folder, 'holder');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
