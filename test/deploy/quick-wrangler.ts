// Plays `wrangler deploy`: the same calls with the same bindings, which deploy.test.ts compares, without the seconds that
// wrangler takes to start and to bundle. A quick clone (support.ts) has it in the place of wrangler.

import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

const KEPT = ['plain_text', 'json', 'secret_text', 'secret_key'];
const DEPLOYMENT = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

/** Null: Cloudflare has nothing there. */
type Ask = (method: string, path: string, body?: BodyInit) => Promise<any>;

/** `bundle` is a file with the Worker's code, bundled once for all. */
export async function playWrangler(bundle: string): Promise<void> {
  const options = { config: { type: 'string' }, 'secrets-file': { type: 'string' } } as const;
  const { values } = parseArgs({ args: process.argv.slice(3), options });
  const config = jsonIn(values.config);
  const secrets = values['secrets-file'] === undefined ? {} : jsonIn(values['secrets-file']);
  const ask = askOf(config.account_id);
  const script = `/workers/scripts/${config.name}`;

  const service = await ask('GET', `/workers/services/${config.name}`);
  const present = await ask('GET', `${script}/secrets`);
  if (service === null) {
    await ask('GET', '/workers/subdomain');
  }
  await ask('GET', `${script}/deployments`);
  const { jwt } = await ask('POST', `${script}/assets-upload-session`, manifestOf(config));
  await ask('GET', `${script}/settings`);
  if (service === null) {
    // A bucket that a version is bound to already is inherited.
    for (const { bucket_name } of config.r2_buckets ?? []) {
      await ask('GET', `/r2/buckets/${bucket_name}`);
    }
  }
  const inherited = (config.secrets?.required ?? [])
    .filter((name: string) => secrets[name] === undefined && present !== null)
    .map((name: string) => ({ name, type: 'inherit' }));
  const bindings = [...inherited, ...ownBindings(config, secrets)];
  const form = formOf(config, { bindings, jwt }, bundle);
  const version = service === null ? await putFirst(ask, script, form) : await putNext(ask, script, form);
  await ask('GET', `/workers/workers/${config.name}`);
  await ask('GET', '/workers/subdomain');
  await ask('POST', `${script}/subdomain`, JSON.stringify({ enabled: true, previews_enabled: false }));
  const crons = config.triggers.crons.map((cron: string) => ({ cron }));
  await ask('PUT', `${script}/schedules`, JSON.stringify(crons));
  const report = JSON.stringify({ type: 'deploy', version: 1, version_id: version });
  appendFileSync(process.env['WRANGLER_OUTPUT_FILE_PATH']!, `${report}\n`);
}

function jsonIn(file: string | undefined): any {
  return JSON.parse(readFileSync(file ?? '', 'utf8'));
}

function askOf(accountId: string): Ask {
  return async (method, path, body) => {
    const url = `${process.env['CLOUDFLARE_API_BASE_URL']}/accounts/${accountId}${path}`;
    const headers = { Authorization: `Bearer ${process.env['CLOUDFLARE_API_TOKEN']}` };
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    if (method === 'GET' && response.status === 404) {
      return null;
    }
    if (!response.ok) {
      throw new Error(`Cloudflare answered ${response.status} to ${method} ${path}`);
    }
    return Object(await response.json()).result;
  };
}

function texts(type: string, values: object): object[] {
  return Object.entries(values).map(([name, text]) => ({ name, type, text }));
}

/** No hashes: nothing is asked for. */
function manifestOf({ assets }: any): string {
  const paths = readdirSync(assets.directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => `/${relative(assets.directory, join(file.parentPath, file.name))}`);
  return JSON.stringify({ manifest: Object.fromEntries(paths.map((path) => [path, {}])) });
}

function ownBindings(config: any, secrets: object) {
  const { vars, kv_namespaces, d1_databases, r2_buckets = [], ratelimits, version_metadata, assets } = config;
  return [
    ...texts('plain_text', vars),
    ...texts('secret_text', secrets),
    ...kv_namespaces.map(({ binding: name, id }: any) => ({ name, type: 'kv_namespace', namespace_id: id })),
    ...d1_databases.map(({ binding: name, database_id: id }: any) => ({ name, type: 'd1', id })),
    ...r2_buckets.map(({ binding: name, bucket_name }: any) => ({ name, type: 'r2_bucket', bucket_name })),
    ...ratelimits.map((limit: object) => ({ ...limit, type: 'ratelimit' })),
    { name: version_metadata.binding, type: 'version_metadata' },
    { name: assets.binding, type: 'assets' },
  ];
}

type Parts = { bindings: object[]; jwt: string };

function formOf({ compatibility_date }: any, { bindings, jwt }: Parts, bundle: string): FormData {
  const form = new FormData();
  const metadata = {
    main_module: 'index.js',
    bindings,
    compatibility_date,
    keep_bindings: KEPT,
    assets: { jwt },
  };
  form.set('metadata', JSON.stringify(metadata));
  form.set(
    'index.js',
    new Blob([readFileSync(bundle)], { type: 'application/javascript+module' }),
    'index.js',
  );
  return form;
}

async function putFirst(ask: Ask, script: string, form: FormData): Promise<string> {
  const { deployment_id: id } = await ask('PUT', script, form);
  return id.replace(DEPLOYMENT, '$1-$2-$3-$4-$5');
}

async function putNext(ask: Ask, script: string, form: FormData): Promise<string> {
  const { id } = await ask('POST', `${script}/versions`, form);
  const versions = [{ version_id: id, percentage: 100 }];
  await ask('POST', `${script}/deployments`, JSON.stringify({ strategy: 'percentage', versions }));
  await ask('PATCH', `${script}/script-settings`, '{}');
  return id;
}
