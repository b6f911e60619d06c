// `npm start`: the whole thing on one machine with nothing to configure. Gateway, simulator, migrations, secrets, a
// demo key, one job played before your eyes; then it stays up until Ctrl-C.

import { mkdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Miniflare } from 'miniflare';
import { OFFLINE } from './build.ts';
import { over, within, type Gateway } from './call.ts';
import { claimState, refuseRunning, refuseTakenPort } from './claim.ts';
import { demoCustomer, playOneJob, signInLink } from './demo.ts';
import { endOnSignal, isEnding } from './ending.ts';
import { sayLinesToPaste } from './lines-to-paste.ts';
import { buildBoth, GATEWAY, HOST, logFile, open, startLocal } from './local-cloud.ts';
import { migrate } from './migrate.ts';
import { readOptions } from './options.ts';
import { readSecrets } from './secrets.ts';
import { setAsideOldState } from './set-aside.ts';
import { giveUp, Mistake, say, step } from './terminal.ts';

const CRON_MS = 60_000;
const root = resolve(import.meta.dirname, '..');

async function start(): Promise<void> {
  Object.assign(process.env, OFFLINE);
  const { port, state, secretsFile } = readOptions(process.argv.slice(2), root);
  refuseRunning(state);
  await refuseTakenPort(port, 'the gateway', state);
  await refuseTakenPort(port + 1, 'the simulator', state);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  process.once('exit', claimState(state));
  const aside = setAsideOldState(state);
  if (aside !== null) {
    step(`state       of an earlier version: set aside as ${shown(aside)}, a new one begins`);
  }
  const building = new AbortController();
  endOnSignal(async () => building.abort());

  const base = `http://${HOST}:${port}`;
  const simulator = `http://${HOST}:${port + 1}`;
  const { adminToken, vars } = readSecrets(secretsFile, simulator);
  step(`secrets     ${shown(secretsFile)}`);
  const bundles = await buildBoth(root, state, building.signal);
  step('built       gateway and simulator');

  const local = { root, state, bundles, vars, simulatorPort: port + 1 };
  const miniflare = startLocal(local);
  endOnSignal(() => miniflare.dispose());
  const applied = await migrate(miniflare, root);
  step(`migrations  ${applied === 0 ? 'up to date' : `${applied} applied`}`);
  const { customer, key } = await demoCustomer(within(miniflare), adminToken, state);
  step('demo key    ready');

  const link = await signInLink(within(miniflare), adminToken);

  await open(miniflare, local, port);
  step(`listening   ${base}, RunComfy is played at ${simulator}`);
  setInterval(() => void fireCron(miniflare), CRON_MS);
  const job = await play(over(base), key);
  sayLinesToPaste({
    base,
    link: `${base}/console/sign-in#${link}`,
    simulator,
    customer,
    key,
    job,
    secretsFile: shown(secretsFile),
    logFile: shown(logFile(state)),
  });
}

/** A path as the reader sees it from the clone. */
function shown(file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') ? file : path;
}

/** The id of the job; null when the state (a limit, submits switched off) does not let one through. It stays up. */
async function play(gateway: Gateway, key: string): Promise<string | null> {
  try {
    return await playOneJob(gateway, key);
  } catch (error) {
    if (!(error instanceof Mistake)) {
      throw error;
    }
    step(`not played  ${error.message}`);
    return null;
  }
}

async function fireCron(miniflare: Miniflare): Promise<void> {
  try {
    const { scheduled } = await miniflare.getWorker(GATEWAY);
    await scheduled({ cron: '* * * * *' });
    await scheduled({ cron: '*/2 * * * *' });
  } catch (error) {
    if (!isEnding()) {
      say(`error: the cron failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

start().catch((error: unknown) => {
  if (!isEnding()) {
    giveUp(error);
  }
});
