// `npm run restore`: restores the database to a bookmark or from an exported file. It asks twice, leaves submits off, and lists
// the jobs that the restored books do not contain.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { must } from './call.ts';
import { ask } from './deploy/ask.ts';
import { findDeployed, type Deployed } from './deploy/command.ts';
import { findOperator } from './deploy/gateway.ts';
import { withLease } from './deploy/lease.ts';
import { listMigrations, readApplied } from './deploy/migrations.ts';
import { noteBookmark, readNotes } from './deploy/notes.ts';
import { PLACE_OPTIONS, withUsage } from './deploy/options.ts';
import { findOrphans } from './deploy/orphans.ts';
import { findNamespace } from './deploy/resources.ts';
import { setBackToBookmark, setBackToFile } from './deploy/set-back.ts';
import { SWITCH_ON } from './deploy/submits.ts';
import { giveUp, Mistake, say, sentenceOf, step } from './terminal.ts';

const USAGE =
  'Usage: npm run restore -- (--bookmark BOOKMARK | --file FILE.sql) [--env staging] [--name NAME]';
const MOST_NOTES = 10;

type Source = { kind: 'bookmark'; bookmark: string } | { kind: 'file'; sql: string };

async function restore(): Promise<void> {
  const { bookmark, file, ...options } = withUsage(USAGE, read);
  const source = sourceOf(bookmark, file);
  const deployed = await findDeployed(options);
  if (source === null) {
    throw new Mistake(`${knownBookmarks(deployed)}\n${USAGE}`);
  }
  await agreeTwice(deployed);
  const { place } = deployed.cloud;
  const note = (before: string) => noteBookmark(place, before, 'restore');
  const previous = await withLease(place, deployed.database, () =>
    source.kind === 'bookmark'
      ? setBackToBookmark(deployed, source.bookmark, note)
      : setBackToFile(deployed, source.sql, note),
  );
  step('restored');
  step(`undo        ${previous}`);
  await sayMissingMigrations(deployed);
  await sayOpenJobs(deployed);
  await sayOrphans(deployed);
  await sayLedger(deployed);
  say(`\nSubmits are off. After you have checked all this, switch them on:\n  ${SWITCH_ON}`);
}

function read() {
  const options = { ...PLACE_OPTIONS, bookmark: { type: 'string' }, file: { type: 'string' } } as const;
  return parseArgs({ args: process.argv.slice(2), options }).values;
}

function sourceOf(bookmark: string | undefined, file: string | undefined): Source | null {
  if (bookmark !== undefined && file !== undefined) {
    throw new Mistake(USAGE);
  }
  if (bookmark !== undefined) {
    return { kind: 'bookmark', bookmark };
  }
  return file === undefined ? null : { kind: 'file', sql: readFileSync(file, 'utf8') };
}

function knownBookmarks({ cloud }: Deployed): string {
  const notes = readNotes(cloud.place).slice(0, MOST_NOTES);
  const lines = notes.map(({ at, bookmark, before }) => `  ${at}  ${before}\n    ${bookmark}`);
  return lines.length === 0
    ? 'This clone has no bookmarks.'
    : `Bookmarks of this clone:\n${lines.join('\n')}`;
}

async function agreeTwice({ cloud, database }: Deployed): Promise<void> {
  const { name } = cloud.place;
  const [[jobs] = []] = await database.query(
    'SELECT COUNT(*) AS jobs, MAX(created_at_ms) AS newest FROM jobs;',
  );
  const newest = new Date(Number(jobs?.['newest'] ?? 0)).toISOString();
  say(`\nThe books of ${name} contain ${String(jobs?.['jobs'])} jobs, the newest from ${newest}.`);
  say(
    'You lose everything written after the point that you restore: jobs, charges, credits, keys, settings.',
  );
  if (
    (await ask(`Type ${name} to continue: `)) !== name ||
    (await ask('Type restore to confirm: ')) !== 'restore'
  ) {
    throw new Mistake('\nNothing was changed.');
  }
}

async function sayMissingMigrations({ database }: Deployed): Promise<void> {
  const applied = await readApplied(database);
  const missing = listMigrations().filter((name) => !applied.includes(name));
  step(
    missing.length === 0
      ? 'migrations  complete'
      : `migrations  ${missing.length} of this clone are missing: run npm run migrate, or roll the Worker back`,
  );
}

async function sayOpenJobs({ database }: Deployed): Promise<void> {
  const [states = []] = await database.query(
    'SELECT state, COUNT(*) AS jobs FROM jobs WHERE settled_at_ms IS NULL GROUP BY state ORDER BY state;',
  );
  const counts = states.map(({ state, jobs }) => `${String(jobs)} ${String(state)}`);
  step(
    `open jobs   ${counts.length === 0 ? 'none' : `${counts.join(', ')}: the cron asks RunComfy for each`}`,
  );
}

async function sayOrphans({ cloud, database }: Deployed): Promise<void> {
  const namespaceId = await findNamespace(cloud);
  const orphans = namespaceId === null ? [] : await findOrphans(cloud, database, namespaceId);
  step(`forgotten   ${orphans.length} jobs that are in KV but not in the books`);
  for (const { job, customer, account, upstream, createdAt } of orphans) {
    say(`            ${job} of ${customer}, ${createdAt}`);
    say(`              at RunComfy ${upstream}, account ${account}`);
  }
}

async function sayLedger({ cloud }: Deployed): Promise<void> {
  try {
    const { call, token } = await findOperator(cloud);
    const { differences } = await must(200, call('/admin/ledger/check', { token }));
    const count = Array.isArray(differences) ? differences.length : 0;
    step(`ledger      ${count} differences${count === 0 ? '' : ': npm run ledger:check lists them'}`);
  } catch (error) {
    step(`ledger      not checked: ${sentenceOf(error)}`);
  }
}

restore().catch(giveUp);
