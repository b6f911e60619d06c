// `npm run deploy`: deploys the gateway to Cloudflare. Each step looks for a resource before it creates one, so you can run
// the command again after an interruption.

import { claimDeployment } from './claim.ts';
import { isTerminal } from './deploy/ask.ts';
import { connect, requireSubdomain, type Cloud } from './deploy/cloud.ts';
import type { Ids } from './deploy/config.ts';
import { databaseOf, type Database } from './deploy/database.ts';
import { attachDomain, findDomain } from './deploy/domain.ts';
import { sayPlan } from './deploy/dry-run.ts';
import { sayAnswer } from './deploy/answer.ts';
import { withLease } from './deploy/lease.ts';
import { refuseForeign } from './deploy/migrations.ts';
import { sayWhatIsNext } from './deploy/next-steps.ts';
import { findPlace, makeFolder, type Place } from './deploy/place.ts';
import { putUp } from './deploy/put-up.ts';
import { findOrMakeBucket, findOrMakeDatabase, findOrMakeNamespace } from './deploy/resources.ts';
import { findRunComfyToken } from './deploy/runcomfy-token.ts';
import { fromEnvironment, missingOf, refuseClosing } from './deploy/secrets.ts';
import { chooseVars, readDeployOptions } from './deploy/setup.ts';
import { findWorker } from './deploy/worker.ts';
import { buildPages } from './pages.ts';
import { giveUp, Mistake, step } from './terminal.ts';

async function deploy(): Promise<void> {
  const options = readDeployOptions(process.argv.slice(2));
  const place = findPlace(options);
  refuseClosing(place);
  const cloud = await connect(place);
  if (options.isDryRun) {
    await sayPlan(cloud, options);
    return;
  }
  makeFolder(place);
  process.once('exit', claimDeployment(place.folder));
  await requireSubdomain(cloud, options.subdomain);
  const worker = await findWorker(cloud);
  step(`Worker      ${place.name} ${worker === null ? 'is new' : 'exists and gets a new version'}`);
  const present = worker?.secrets ?? [];
  const vars = chooseVars(options, place.raw, worker?.vars ?? {});
  const mayMake = mayMakeSecrets(place, present, options.isAgreed);
  const domain = options.domain === null ? null : await findDomain(cloud, options.domain);
  if (await buildPages()) {
    step('built       pages of the console');
  }
  const given = await findRunComfyToken(present, vars.all);

  const { ids, database } = await makeResources(cloud);
  const order = { ids, database, given, mayMake, vars: vars.chosen };
  const version = await withLease(place, database, () => putUp(cloud, order));
  if (domain !== null) {
    await attachDomain(cloud, domain);
    step(`domain      ${domain.hostname}; its certificate can take some minutes`);
  }
  const url = await sayAnswer(cloud, version);
  await sayWhatIsNext(place, { url: vars.all['PUBLIC_URL'] ?? url, isAgreed: options.isAgreed });
}

/**
 * True if this machine may create missing secrets. On a temporary machine (CI) they would be lost. A build by Cloudflare
 * continues without them: the operator sets them in the dashboard.
 */
function mayMakeSecrets(place: Place, present: string[], isAgreed: boolean): boolean {
  if (fromEnvironment('WORKERS_CI') !== undefined) {
    return false;
  }
  const missing = missingOf(place, present);
  if (missing.length > 0 && !isTerminal() && !isAgreed) {
    throw new Mistake(
      `This machine would create ${missing.join(' and ')}, and they would be lost with it. Deploy once from your own machine, set ` +
        'them in the environment,\nor pass --yes if you keep the file that they are written to.',
    );
  }
  return true;
}

async function makeResources(cloud: Cloud): Promise<{ ids: Ids; database: Database }> {
  const { place } = cloud;
  const found = await findOrMakeDatabase(cloud);
  const database = databaseOf(cloud, found.id);
  await refuseForeign(place, database);
  step(`database    ${place.database.name}${found.isNew ? ' created' : ''}`);
  const namespace = await findOrMakeNamespace(cloud);
  step(`namespace   ${place.namespace.title}${namespace.isNew ? ' created' : ''}`);
  const bucket = await makeBucket(cloud);
  return { ids: { databaseId: found.id, namespaceId: namespace.id, bucket }, database };
}

/** Null in an account without R2, which gets everything except uploads. */
async function makeBucket(cloud: Cloud): Promise<string | null> {
  const name = cloud.place.bucket;
  if (name === null) {
    return null;
  }
  const bucket = await findOrMakeBucket(cloud, name);
  step(
    bucket === null
      ? 'bucket      none: R2 is off in this account, so there are no uploads'
      : `bucket      ${name}${bucket.isNew ? ' created' : ''}`,
  );
  return bucket?.id ?? null;
}

deploy().catch((error: unknown) => {
  giveUp(
    error instanceof Mistake
      ? error
      : new Mistake(`${String(error)}\nRun the command again: it continues from there.`),
  );
});
