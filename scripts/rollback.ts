// `npm run rollback`: deploys the previous version of the Worker again. The database does not change: each version works with
// the migrations of the next one.

import { parseArgs } from 'node:util';
import { sayAnswer } from './deploy/answer.ts';
import { confirm } from './deploy/ask.ts';
import { connect } from './deploy/cloud.ts';
import { PLACE_OPTIONS, withUsage } from './deploy/options.ts';
import { findPlace } from './deploy/place.ts';
import { choosePrevious, listRan, runAgain } from './deploy/versions.ts';
import { requireWorker } from './deploy/worker.ts';
import { giveUp, Mistake, step } from './terminal.ts';

const USAGE = 'Usage: npm run rollback -- [--to VERSION] [--yes] [--env staging] [--name NAME]';

async function rollback(): Promise<void> {
  const { to, yes, ...options } = withUsage(USAGE, read);
  const cloud = await connect(findPlace(options));
  await requireWorker(cloud);
  const ran = await listRan(cloud);
  const previous = choosePrevious(ran, to ?? null);
  step(`current     ${ran[0]?.version}, since ${ran[0]?.at}`);
  step(`previous    ${previous.version}, since ${previous.at}`);
  await agree(yes, 'Roll back to the previous version?');
  const held = await runAgain(cloud, previous.version, false);
  if (held !== '') {
    step(held);
    await agree(yes, 'That version has its own, older secrets. Continue?');
    await runAgain(cloud, previous.version, true);
  }
  step(`rolled back to ${previous.version}`);
  await sayAnswer(cloud, previous.version);
}

function read() {
  const options = {
    ...PLACE_OPTIONS,
    to: { type: 'string' },
    yes: { type: 'boolean', default: false },
  } as const;
  return parseArgs({ args: process.argv.slice(2), options }).values;
}

async function agree(isAgreed: boolean, question: string): Promise<void> {
  if (!isAgreed && !(await confirm(question))) {
    throw new Mistake('Nothing was changed.');
  }
}

rollback().catch(giveUp);
