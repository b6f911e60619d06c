// `npm start`: the whole thing on one machine with nothing to configure. Gateway, simulator, migrations, secrets, a
// demo key, one job played before your eyes; then it stays up until Ctrl-C.

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Miniflare } from 'miniflare';
import { OFFLINE } from './build.ts';
import { claimState, refuseTakenPort } from './claim.ts';
import { demoKey, playOneJob, type Gateway } from './demo.ts';
import { buildBoth, GATEWAY, open, startLocal, type Local } from './local-cloud.ts';
import { migrate } from './migrate.ts';
import { readOptions } from './options.ts';
import { readSecrets } from './secrets.ts';
import { giveUp, say, step } from './terminal.ts';

const CRON_MS = 60_000;
const root = resolve(import.meta.dirname, '..');

async function start(): Promise<void> {
  Object.assign(process.env, OFFLINE);
  const options = readOptions(process.argv.slice(2), root);
  const { port, state } = options;
  await refuseTakenPort(port, 'the gateway');
  await refuseTakenPort(port + 1, 'the simulator');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  process.once('exit', claimState(state));
  const secrets = readSecrets(options.secretsFile);
  step(`secrets     ${options.secretsFile.replace(`${root}/`, '')}`);

  const local: Local = { options, root, bundles: await buildBoth(root, state), secrets: secrets.vars };
  step('built       gateway and simulator');
  const miniflare = await startLocal(local);
  endOnSignal(miniflare);
  const applied = await migrate(miniflare, root);
  step(`migrations  ${applied === 0 ? 'up to date' : `${applied} applied`}`);
  const simulator = `http://127.0.0.1:${port + 1}`;
  await teachSimulator(simulator, secrets.vars['RUNCOMFY_TOKEN'] ?? '');
  const key = await demoKey(within(miniflare), secrets.adminToken, state);
  step('demo key    ready');

  await open(miniflare, local);
  await teachSimulator(simulator, secrets.vars['RUNCOMFY_TOKEN'] ?? '');
  const base = `http://127.0.0.1:${port}`;
  step(`listening   ${base}, RunComfy is played at ${simulator}`);
  const { scheduled } = await miniflare.getWorker(GATEWAY);
  setInterval(() => void scheduled({ cron: '* * * * *' }), CRON_MS);
  await playOneJob(over(base), key);
  sayLinesToPaste({ base, simulator, key, secretsFile: options.secretsFile.replace(`${root}/`, '') });
}

/** The simulator takes its token from the same file as the gateway. */
async function teachSimulator(simulator: string, token: string): Promise<void> {
  await fetch(`${simulator}/_simulator/settings`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  });
}

/** Miniflare's own handlers would end the process before workerd has written its last rows; these wait for it. */
function endOnSignal(miniflare: Miniflare): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => {
      say('\nStopping.');
      void miniflare.dispose().finally(() => process.exit(0));
    });
  }
}

type Init = Parameters<Gateway>[1];

function requestOf({ method = 'GET', token, body }: NonNullable<Init>) {
  return {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function within(miniflare: Miniflare): Gateway {
  return async (path, init = { token: '' }) => {
    const reply = await miniflare.dispatchFetch(`http://gateway${path}`, requestOf(init));
    return { status: reply.status, body: Object(await reply.json()) };
  };
}

function over(base: string): Gateway {
  return async (path, init = { token: '' }) => {
    const reply = await fetch(`${base}${path}`, requestOf(init));
    return { status: reply.status, body: Object(await reply.json()) };
  };
}

function sayLinesToPaste(at: { base: string; simulator: string; key: string; secretsFile: string }): void {
  say(`
comfygate is up. Paste these into another terminal:

  export COMFYGATE_KEY=${at.key}

  curl ${at.base}/v1/models/bytedance/dreamina-3-0/pro/text-to-video \\
    -H "Authorization: Bearer $COMFYGATE_KEY" -H "Content-Type: application/json" \\
    -d '{"prompt": "a lighthouse in the rain", "aspect_ratio": "1920×1088(16:9)"}'

  curl ${at.base}/v1/requests/REQUEST_ID/status \\
    -H "Authorization: Bearer $COMFYGATE_KEY"
  curl ${at.base}/v1/requests/REQUEST_ID/result \\
    -H "Authorization: Bearer $COMFYGATE_KEY"

You are the operator too; your token is in ${at.secretsFile}:

  export COMFYGATE_ADMIN=$(sed -n 's/^ADMIN_TOKENS=[^:]*://p' ${at.secretsFile} | cut -d, -f1)
  curl ${at.base}/admin/customers -H "Authorization: Bearer $COMFYGATE_ADMIN"

Words such as [sim:fail] in a prompt make the simulated RunComfy misbehave: ${at.simulator}
Ctrl-C stops everything.`);
}

start().catch(giveUp);
