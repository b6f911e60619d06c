// `npm run deploy:picture`: a first deployment at a terminal, against the stand-in, drawn to docs/deploy.svg. Only the
// address is another: it says where such a gateway would be.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { says } from '../bundle/output.ts';
import { openCloud } from './cloudflare/cloud.ts';
import { pictureOf } from './picture.ts';
import { RUNCOMFY_TOKEN, serveRunComfy } from './simulated.ts';
import { makeClone, startAtTerminal } from './support.ts';

const FILE = resolve(import.meta.dirname, '../../docs/deploy.svg');

const cloud = await openCloud(2);
const runcomfy = await serveRunComfy();
const clone = makeClone();
const account = Object.assign(cloud.account(), { name: 'Acme', subdomain: 'acme' });
const args = ['--var', `RUNCOMFY_ACCOUNT_URL=${runcomfy.url}`];
const deployment = startAtTerminal({ cloud, clone, account }, 'deploy', { args });
await says(deployment, 'set it later): ');
deployment.type(`${RUNCOMFY_TOKEN}\r`);
await says(deployment, '[y/N] ');
deployment.type('y\r');
const { code, output } = await deployment.ended;
runcomfy.end();
await cloud.end();
clone.remove();
if (code !== 0) {
  throw new Error(output);
}
const lines = output.replaceAll(cloud.front, 'https://comfygate.acme.workers.dev').trimEnd().split(/\r?\n/);
writeFileSync(FILE, pictureOf(['$ npm run deploy', ...lines]));
process.stdout.write(`Drawn: docs/deploy.svg, ${lines.length + 1} lines.\n`);
