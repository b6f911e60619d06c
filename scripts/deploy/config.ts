// Writes the config for wrangler: wrangler.toml with the ids of this account, in a file that git ignores. The file is beside
// wrangler.toml, so that relative paths stay valid.

import { writeFileSync } from 'node:fs';
import type { Cloud } from './cloud.ts';

/** `bucket` is the name of the bucket; null if the account has no R2. */
export type Ids = { databaseId: string; namespaceId: string; bucket: string | null };

export type Settings = {
  ids: Ids;
  /** Plain variables. All others keep their values at Cloudflare. */
  vars: Record<string, string>;
  /** The Worker has every secret, or this upload adds it. */
  isComplete: boolean;
};

export function writeConfig({ accountId, place }: Cloud, { ids, vars, isComplete }: Settings): void {
  const { raw, name, database, configFile } = place;
  const [d1] = raw.d1_databases;
  const [kv] = raw.kv_namespaces;
  const { bucket } = ids;
  const config = {
    ...raw,
    name,
    account_id: accountId,
    d1_databases: [{ ...d1, database_name: database.name, database_id: ids.databaseId }],
    kv_namespaces: [{ ...kv, id: ids.namespaceId }],
    r2_buckets: bucket === null ? undefined : raw.r2_buckets?.map((one) => ({ ...one, bucket_name: bucket })),
    vars: { ...raw.vars, ...vars },
    // Wrangler would refuse to upload a Worker that still lacks required secrets.
    secrets: isComplete ? raw.secrets : undefined,
    keep_vars: true,
    workers_dev: true,
    // Preview URLs would keep old versions reachable.
    preview_urls: false,
  };
  writeFileSync(configFile, `${JSON.stringify(config, null, 2)}\n`);
}
