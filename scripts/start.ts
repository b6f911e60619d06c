// `npm start`: everything on one machine without configuration: gateway, simulator, migrations, secrets, a demo key and one
// demo job. It runs until Ctrl-C. With --real the gateway calls the real RunComfy, and only --play submits a job.

import { mkdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Miniflare } from 'miniflare';
import { OFFLINE } from './build.ts';
import { over, within, type Gateway } from './call.ts';
import { claimState, refuseRunning, refuseTakenPort } from './claim.ts';
import { demoCustomer, playOneJob, signInLink, type Played } from './demo.ts';
import { findPlace } from './deploy/place.ts';
import { endOnSignal, isEnding } from './ending.ts';
import { buildExampleWorker } from './example.ts';
import { sayLinesToPaste } from './lines-to-paste.ts';
import { buildBoth, buildGateway, GATEWAY, HOST, logFile, open, startLocal } from './local-cloud.ts';
import { migrate } from './migrate.ts';
import { readOptions } from './options.ts';
import { findRealToken, readRealSecrets, readSecrets } from './secrets.ts';
import { setAsideOldState } from './set-aside.ts';
import { giveUp, Mistake, say, step } from './terminal.ts';

const CRON_MS = 60_000;
const root = resolve(import.meta.dirname, '..');

async function start(): Promise<void> {
  Object.assign(process.env, OFFLINE);
  const options = readOptions(process.argv.slice(2), root);
  const { port, state, secretsFile, isReal } = options;
  refuseRunning(state);
  await refuseTakenPort(port, 'the gateway', state);
  if (!isReal) {
    await refuseTakenPort(port + 1, 'the simulator', state);
  }
  mkdirSync(state, { recursive: true, mode: 0o700 });
  process.once('exit', claimState(state));
  const aside = setAsideOldState(state);
  if (aside !== null) {
    step(`state       the state of an earlier version is now in ${shown(aside)}`);
  }
  const building = new AbortController();
  endOnSignal(async () => building.abort());

  const base = `http://${HOST}:${port}`;
  const simulator = isReal ? null : `http://${HOST}:${port + 1}`;
  const { adminToken, vars } =
    simulator === null
      ? readRealSecrets(secretsFile, findPlace({}).raw.vars)
      : readSecrets(secretsFile, simulator);
  step(`secrets     ${shown(secretsFile)}`);
  if (simulator !== null && findRealToken(secretsFile) !== null) {
    step('note        RUNCOMFY_TOKEN is set but not used: RunComfy is simulated here.');
    step('            For the real one, which costs money: npm start -- --real');
  }
  const build = isReal ? buildGateway : buildBoth;
  const [bundles, page] = await Promise.all([
    build(root, state, building.signal),
    buildExampleWorker(root, building.signal),
  ]);
  step(`built       gateway${isReal ? '' : ' and simulator'}`);

  const local = { root, state, bundles, vars, simulatorPort: port + 1 };
  const miniflare = startLocal(local);
  endOnSignal(() => miniflare.dispose());
  const applied = await migrate(miniflare, root);
  step(`migrations  ${applied === 0 ? 'up to date' : `${applied} applied`}`);
  const { customer, key } = await demoCustomer(within(miniflare), adminToken, { state, isReal });
  step('demo key    ready');

  const link = await signInLink(within(miniflare), adminToken);

  await open(miniflare, { ...local, example: { contents: page, key } }, port);
  step(
    `listening   ${base}, RunComfy is ${simulator === null ? vars['RUNCOMFY_BASE_URL'] : `simulated at ${simulator}`}`,
  );
  setInterval(() => void fireCron(miniflare), CRON_MS);
  const job = options.isPlayed ? await play(over(base), { key, isReal }) : null;
  const files = { secretsFile: shown(secretsFile), logFile: shown(logFile(state)) };
  sayLinesToPaste({
    base,
    link: `${base}/console/sign-in#${link}`,
    simulator,
    customer,
    key,
    job,
    ...files,
  });
}

/** A path relative to the clone, if it is inside. */
function shown(file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') ? file : path;
}

/** The id of the demo job; null if the gateway refuses it (a limit, submits off). The gateway keeps running. */
async function play(gateway: Gateway, demo: Played): Promise<string | null> {
  try {
    return await playOneJob(gateway, demo);
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
    for (const cron of findPlace({}).raw.triggers.crons) {
      await scheduled({ cron });
    }
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
