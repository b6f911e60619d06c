// Workers: uploads, versions, deployments, secrets, subdomain, cron triggers, domains.

import { randomUUID } from 'node:crypto';
import { activeVersion, type Binding, type Script, type Version } from './account.ts';
import { failed, formOf, jsonOf, ok, type Ask, type Reply, type Route } from './reply.ts';

const SCRIPT = '/accounts/:/workers/scripts/:';
const NO_SCRIPT = failed(404, 10_007, 'This Worker does not exist on your account.');
const SECRETS_CHANGED = 10_220;

export const workerRoutes: Route[] = [
  { method: 'GET', path: '/accounts/:/workers/subdomain', run: getSubdomain },
  { method: 'PUT', path: '/accounts/:/workers/subdomain', run: putSubdomain },
  { method: 'GET', path: '/accounts/:/workers/services/:', run: ofScript(service) },
  {
    method: 'GET',
    path: '/accounts/:/workers/workers/:',
    run: ofScript((_ask, { name }) => ok({ id: name, name, ...onSubdomain })),
  },
  { method: 'GET', path: `${SCRIPT}/settings`, run: ofScript(settings) },
  { method: 'GET', path: `${SCRIPT}/secrets`, run: ofScript(secrets) },
  { method: 'GET', path: `${SCRIPT}/deployments`, run: ofScript(deployments) },
  { method: 'POST', path: `${SCRIPT}/deployments`, run: ofScript(deploy) },
  { method: 'POST', path: `${SCRIPT}/assets-upload-session`, run: tellFiles },
  { method: 'PUT', path: SCRIPT, run: put },
  { method: 'POST', path: `${SCRIPT}/versions`, run: ofScript(addVersion) },
  { method: 'PATCH', path: `${SCRIPT}/script-settings`, run: ofScript(() => ok({})) },
  { method: 'POST', path: `${SCRIPT}/subdomain`, run: ofScript(() => ok(onSubdomain.subdomain)) },
  { method: 'PUT', path: `${SCRIPT}/schedules`, run: ofScript(putSchedules) },
  { method: 'GET', path: '/accounts/:/workers/domains', run: listDomains },
  { method: 'PUT', path: '/accounts/:/workers/domains', run: attachDomain },
];

const onSubdomain = { subdomain: { enabled: true, previews_enabled: true } };

function ofScript(run: (ask: Ask, script: Script) => Reply | Promise<Reply>): Route['run'] {
  return (ask) => {
    const script = ask.account.scripts.find(({ name }) => name === ask.params[1]);
    return script === undefined ? NO_SCRIPT : run(ask, script);
  };
}

function getSubdomain({ account }: Ask): Reply {
  return account.subdomain === null
    ? failed(404, 10_007, 'There is no workers.dev subdomain for this account')
    : ok({ subdomain: account.subdomain });
}

function putSubdomain(ask: Ask): Reply {
  const { subdomain } = jsonOf(ask);
  if (ask.account.subdomain !== null) {
    return failed(409, 10_036, 'The account has a subdomain already');
  }
  ask.account.subdomain = subdomain;
  return ok({ subdomain });
}

function service(_ask: Ask, script: Script): Reply {
  const compatibility_date = activeVersion(script)?.compatibilityDate ?? '2026-01-01';
  const environment = { last_deployed_from: 'wrangler', tag: '', tags: null, compatibility_date };
  return ok({ id: script.name, default_environment: { environment: 'production', script: environment } });
}

/** Secrets by their name alone. */
function shownBinding({ text, ...binding }: Binding): Binding {
  return binding.type === 'secret_text' || text === undefined ? binding : { ...binding, text };
}

function settings(_ask: Ask, script: Script): Reply {
  const active = activeVersion(script);
  const bindings = (active?.bindings ?? []).map(shownBinding);
  return ok({ bindings, compatibility_date: active?.compatibilityDate, tags: null });
}

function secrets(_ask: Ask, script: Script): Reply {
  return ok(secretsOf(activeVersion(script)).map(shownBinding));
}

function deployments(_ask: Ask, script: Script): Reply {
  return ok({
    deployments: script.deployments.map(({ id, createdOn, version, annotations }) => ({
      id,
      created_on: createdOn,
      source: 'wrangler',
      strategy: 'percentage',
      author_email: 'ops@example.com',
      annotations,
      versions: [{ version_id: version.id, percentage: 100 }],
    })),
  });
}

/** Going back to a version whose secrets are others needs `force`. */
function deploy(ask: Ask, script: Script): Reply {
  const { versions, annotations = {} } = jsonOf(ask);
  const version = script.versions.find(({ id }) => id === versions[0].version_id);
  if (version === undefined) {
    return failed(404, 10_092, 'This version does not exist.');
  }
  const changed = changedSecrets(version, activeVersion(script));
  const isOlder = version.number < (activeVersion(script)?.number ?? 0);
  if (isOlder && changed.length > 0 && ask.query.get('force') !== 'true') {
    return failed(400, SECRETS_CHANGED, `The following secrets have changed: ${changed.join(', ')}`);
  }
  return ok(activate(ask, script, { version, annotations }));
}

function secretsOf(version: Version | null): Binding[] {
  return (version?.bindings ?? []).filter(({ type }) => type === 'secret_text');
}

function changedSecrets(version: Version, active: Version | null): string[] {
  return secretsOf(active)
    .filter(({ name, text }) => secretsOf(version).find((old) => old.name === name)?.text !== text)
    .map(({ name }) => name);
}

type Activation = { version: Version; annotations: Record<string, string> };

function activate(ask: Ask, script: Script, { version, annotations }: Activation) {
  const deployment = { id: randomUUID(), createdOn: new Date().toISOString(), version, annotations };
  script.deployments.unshift(deployment);
  ask.runtime.run(ask.account, script);
  return {
    id: deployment.id,
    strategy: 'percentage',
    versions: [{ version_id: version.id, percentage: 100 }],
  };
}

/** Cloudflare keeps files by their hash, and asks for those that it has not seen: here it has seen all. */
function tellFiles(ask: Ask): Reply {
  const jwt = randomUUID();
  ask.account.manifests.set(jwt, Object.keys(jsonOf(ask).manifest));
  return ok({ jwt, buckets: [] });
}

/** A Worker's first upload: version and deployment in one. */
async function put(ask: Ask): Promise<Reply> {
  const { account, params } = ask;
  const name = params[1]!;
  const script = account.scripts.find((one) => one.name === name) ?? {
    name,
    versions: [],
    deployments: [],
    crons: [],
  };
  const version = await upload(ask, script);
  if ('status' in version) {
    return version;
  }
  if (!account.scripts.includes(script)) {
    account.scripts.push(script);
  }
  activate(ask, script, { version, annotations: {} });
  return ok({
    id: name,
    etag: version.id,
    deployment_id: version.id.replaceAll('-', ''),
    startup_time_ms: 12,
  });
}

async function addVersion(ask: Ask, script: Script): Promise<Reply> {
  const version = await upload(ask, script);
  return 'status' in version
    ? version
    : ok({
        id: version.id,
        number: version.number,
        startup_time_ms: 12,
        metadata: { created_on: version.createdOn },
        resources: { script: { etag: version.id, handlers: ['fetch', 'scheduled'] }, bindings: [] },
      });
}

/** The uploaded code with its bindings resolved, or the refusal of one that names nothing. */
async function upload(ask: Ask, script: Script): Promise<Version | Reply> {
  const form = await formOf(ask);
  const metadata = JSON.parse(await textOf(form.get('metadata')));
  const old = activeVersion(script)?.bindings ?? [];
  const bindings: Binding[] = [];
  for (const binding of metadata.bindings as Binding[]) {
    const resolved = binding.type === 'inherit' ? old.find(({ name }) => name === binding.name) : binding;
    if (resolved === undefined || !isThere(ask, resolved)) {
      return failed(400, 10_021, `binding ${binding.name} of type ${binding.type} references nothing`);
    }
    bindings.push(resolved);
  }
  const isKept = ({ type, name }: Binding) =>
    (metadata.keep_bindings ?? []).includes(type) && bindings.every((binding) => binding.name !== name);
  const version = {
    id: randomUUID(),
    number: script.versions.length + 1,
    createdOn: new Date().toISOString(),
    code: await textOf(form.get(metadata.main_module)),
    compatibilityDate: metadata.compatibility_date,
    bindings: [...bindings, ...old.filter(isKept)],
    pages: ask.account.manifests.get(metadata.assets?.jwt) ?? [],
  };
  script.versions.push(version);
  return version;
}

function isThere({ account }: Ask, { type, id, namespace_id, bucket_name = '' }: Binding): boolean {
  switch (type) {
    case 'd1':
      return account.databases.some(({ uuid }) => uuid === id);
    case 'kv_namespace':
      return account.namespaces.some((namespace) => namespace.id === namespace_id);
    case 'r2_bucket':
      return account.buckets?.includes(bucket_name) === true;
    default:
      return true;
  }
}

function textOf(part: File | string | null): Promise<string> | string {
  return part === null || typeof part === 'string' ? (part ?? '') : part.text();
}

function putSchedules(ask: Ask, script: Script): Reply {
  script.crons = jsonOf(ask).map(({ cron }: { cron: string }) => cron);
  return ok({ schedules: script.crons.map((cron) => ({ cron })) });
}

function listDomains({ account, query }: Ask): Reply {
  const hostname = query.get('hostname');
  return ok(account.domains.filter((domain) => hostname === null || domain.hostname === hostname));
}

function attachDomain(ask: Ask): Reply {
  const { hostname, service: script, zone_id } = jsonOf(ask);
  const zone = ask.account.zones.find(({ id }) => id === zone_id);
  if (zone === undefined || !hostname.endsWith(zone.name)) {
    return failed(400, 100_114, 'The hostname is not in the zone');
  }
  const others = ask.account.domains.filter((domain) => domain.hostname !== hostname);
  const domain = { id: randomUUID(), hostname, service: script, zone_id };
  ask.account.domains = [...others, domain];
  return ok(domain);
}
