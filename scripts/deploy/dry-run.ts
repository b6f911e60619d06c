// Prints the steps of a deployment. Changes nothing at Cloudflare or in this clone.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWorker } from '../build.ts';
import { say, step } from '../terminal.ts';
import { findSubdomain, type Cloud } from './cloud.ts';
import { databaseOf } from './database.ts';
import { findDomain } from './domain.ts';
import { urlAt } from './gateway.ts';
import { listMigrations, readApplied, refuseForeign } from './migrations.ts';
import { ROOT } from './place.ts';
import { findBucket, findDatabase, findNamespace } from './resources.ts';
import { missingOf } from './secrets.ts';
import { chooseVars, type DeployOptions } from './setup.ts';
import { findWorker } from './worker.ts';

export async function sayPlan(cloud: Cloud, options: DeployOptions): Promise<void> {
  const { place } = cloud;
  const subdomain = await findSubdomain(cloud);
  const worker = await findWorker(cloud);
  step(`Worker      ${place.name} ${worker === null ? 'would be new' : 'would get a new version'}`);
  const { all } = chooseVars(options, place.raw, worker?.vars ?? {});
  step(`plan        ${all['PLAN']}`);
  if (options.domain !== null) {
    await findDomain(cloud, options.domain);
    step(`domain      ${options.domain} would be attached`);
  }
  const databaseId = await findDatabase(cloud);
  step(`database    ${place.database.name}${databaseId === null ? ' would be created' : ''}`);
  const namespaceId = await findNamespace(cloud);
  step(`namespace   ${place.namespace.title}${namespaceId === null ? ' would be created' : ''}`);
  await sayBucket(cloud);
  const missing = missingOf(place, worker?.secrets ?? []);
  step(`secrets     ${missing.length === 0 ? 'complete' : `${missing.join(', ')} would be created`}`);
  step(`migrations  ${await missingMigrations(cloud, databaseId)} would be applied`);
  step(`built       ${Math.ceil((await bundleBytes()) / 1024)} KiB`);
  const name = subdomain ?? options.subdomain;
  const url = name === undefined ? 'a URL that you choose with --subdomain' : urlAt(place, name);
  say(`\nNothing was changed. The gateway would be at ${all['PUBLIC_URL'] ?? url}`);
}

async function sayBucket(cloud: Cloud): Promise<void> {
  const { bucket: name } = cloud.place;
  if (name !== null) {
    const { isOn, isThere } = await findBucket(cloud, name);
    step(
      isOn
        ? `bucket      ${name}${isThere ? '' : ' would be created'}`
        : 'bucket      none: R2 is off in this account',
    );
  }
}

async function missingMigrations(cloud: Cloud, databaseId: string | null): Promise<number> {
  const all = listMigrations();
  if (databaseId === null) {
    return all.length;
  }
  const database = databaseOf(cloud, databaseId);
  await refuseForeign(cloud.place, database);
  const applied = await readApplied(database);
  return all.filter((name) => !applied.includes(name)).length;
}

/** The size of the bundle that a deployment uploads. */
async function bundleBytes(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'comfygate-'));
  try {
    return (await buildWorker(join(ROOT, 'wrangler.toml'), folder)).length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
