// The gateway of a command: its names at Cloudflare, and its files in this clone.

import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import type { PlaceOptions } from './options.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

const rawConfig = z.looseObject({
  name: z.string(),
  vars: z.record(z.string(), z.string()),
  secrets: z.unknown(),
  triggers: z.looseObject({ crons: z.array(z.string()) }),
  d1_databases: z
    .array(z.looseObject({ database_name: z.string(), database_id: z.optional(z.string()) }))
    .check(z.length(1)),
  kv_namespaces: z
    .array(z.looseObject({ binding: z.string(), id: z.optional(z.string()) }))
    .check(z.length(1)),
  /** Absent if the operator wants no uploads. */
  r2_buckets: z.optional(z.array(z.looseObject({ bucket_name: z.string() })).check(z.length(1))),
});

export type RawConfig = z.infer<typeof rawConfig>;

export type Place = {
  /** wrangler.toml of the clone. */
  raw: RawConfig;
  /** Name of the Worker. */
  name: string;
  database: { name: string; id: string | null };
  namespace: { title: string; id: string | null };
  /** The bucket of uploaded files; null if the operator wants no uploads. */
  bucket: string | null;
  /** The config with ids for wrangler. Git ignores it. */
  configFile: string;
  /** The files of this gateway that must not be in git. */
  folder: string;
  secretsFile: string;
};

const NAME = /^[a-z][a-z0-9-]{0,40}$/;

export function findPlace({ env = 'production', name }: PlaceOptions): Place {
  const raw = rawConfig.parse(parseToml(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')));
  const base = name ?? raw.name;
  const worker = env === 'production' ? base : `${base}-${env}`;
  if (!NAME.test(worker)) {
    throw new Mistake(
      `A Worker cannot be called ${worker}. Use at most 41 lowercase letters, digits and dashes.`,
    );
  }
  const folder = join(ROOT, '.deploy', worker);
  return {
    raw,
    name: worker,
    ...(worker === raw.name ? resourcesOf(raw) : resourcesOf({ ...raw, ...namedAfter(worker, raw) })),
    configFile: join(ROOT, `wrangler.${worker}.json`),
    folder,
    secretsFile: join(folder, 'secrets.env'),
  };
}

/** Ids in wrangler.toml name an existing database and namespace. A bucket has a name but no id. */
function resourcesOf({
  name,
  d1_databases,
  kv_namespaces,
  r2_buckets,
}: RawConfig): Pick<Place, 'database' | 'namespace' | 'bucket'> {
  const [database] = d1_databases;
  return {
    database: { name: database?.database_name ?? name, id: database?.database_id ?? null },
    namespace: { title: `${name}-owners`, id: kv_namespaces[0]?.id ?? null },
    bucket: r2_buckets?.[0]?.bucket_name ?? null,
  };
}

function namedAfter(name: string, { r2_buckets }: RawConfig) {
  return {
    name,
    d1_databases: [{ database_name: name }],
    kv_namespaces: [],
    r2_buckets: r2_buckets?.map(() => ({ bucket_name: `${name}-files` })),
  };
}

/** Only the owner of the folder can read it. */
export function makeFolder({ folder }: Place): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
