// The config that wrangler is given: wrangler.toml with the ids of this account, in a file that git ignores. It lies beside
// wrangler.toml, so that its relative paths hold.

import { writeFileSync } from 'node:fs';
import type { Cloud } from './cloud.ts';

/** `bucket`: the name of the bucket; null where the account has no R2. */
export type Ids = { databaseId: string; namespaceId: string; bucket: string | null };

export type Settings = {
  ids: Ids;
  /** Plain variables. Those that are not named here stay as they are at Cloudflare. */
  vars: Record<string, string>;
  /** Every secret is there or goes up now. */
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
    // Wrangler would refuse a Worker whose secrets its owner has still to set.
    secrets: isComplete ? raw.secrets : undefined,
    keep_vars: true,
    workers_dev: true,
    // An address of its own for each version would keep old ones within reach.
    preview_urls: false,
  };
  writeFileSync(configFile, `${JSON.stringify(config, null, 2)}\n`);
}
