// `npm run backup`: notes a bookmark of the database, to which you can restore it for 30 days (7 on the free plan). With
// --export it also writes a file, which you can keep longer. D1 answers no queries during the export.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findDeployed, type Deployed } from './deploy/command.ts';
import { findOperator, type Operator } from './deploy/gateway.ts';
import { noteBookmark, notesFile, shown } from './deploy/notes.ts';
import { PLACE_OPTIONS, withUsage } from './deploy/options.ts';
import { patiently } from './deploy/patience.ts';
import { readSubmits, switchSubmits, SWITCH_ON } from './deploy/submits.ts';
import { exportTo } from './deploy/transfer.ts';
import { giveUp, Mistake, say, sentenceOf, step } from './terminal.ts';

const USAGE = 'Usage: npm run backup -- [--export] [--env staging] [--name NAME]';

async function backup(): Promise<void> {
  const { export: isExport, ...options } = withUsage(USAGE, read);
  const deployed = await findDeployed(options);
  const { place } = deployed.cloud;
  const bookmark = await deployed.database.bookmark();
  noteBookmark(place, bookmark, 'backup');
  step(`bookmark    ${bookmark}`);
  step(`noted       ${shown(notesFile(place))}`);
  if (isExport) {
    await exportQuietly(deployed);
  }
}

function read() {
  const options = { ...PLACE_OPTIONS, export: { type: 'boolean', default: false } } as const;
  return parseArgs({ args: process.argv.slice(2), options }).values;
}

/** Switches submits off during the export: they would fail anyway, and customers get a clear reason. */
async function exportQuietly(deployed: Deployed): Promise<void> {
  const operator = await findOperator(deployed.cloud);
  const wereOn = (await readSubmits(operator)) === 'on';
  if (wereOn) {
    await switchSubmits(operator, 'off');
    step('submits     off during the export. If this command is interrupted, switch them on:');
    say(`  ${SWITCH_ON}`);
  }
  const failure = await exportFile(deployed).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (wereOn) {
    await switchOn(operator, failure === null ? '' : `${sentenceOf(failure.error)}\n`);
  }
  if (failure !== null) {
    throw failure.error;
  }
}

async function exportFile({ cloud, databaseId }: Deployed): Promise<void> {
  const folder = join(cloud.place.folder, 'backups');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.sql`);
  await exportTo(cloud, databaseId, file);
  step(`exported    ${shown(file)}: keep a copy elsewhere`);
}

/** D1 may still be busy with a failed export, so this tries several times. */
async function switchOn(operator: Operator, before: string): Promise<void> {
  await patiently(() => switchSubmits(operator, 'on')).catch((error: unknown) => {
    throw new Mistake(
      `${before}${sentenceOf(error)}\nSubmits are still off. Switch them on:\n  ${SWITCH_ON}`,
    );
  });
  step('submits     on again');
}

backup().catch(giveUp);
