// The state of one Cloudflare account: databases, namespaces, Workers, domains. The routes change it.

export type Database = {
  uuid: string;
  name: string;
  createdAt: string;
  slot: number;
  snapshots: Map<string, string>;
};
export type Namespace = { id: string; title: string; slot: number };

/** As in the metadata of an upload. `inherit` is resolved before it is kept. */
export type Binding = {
  name: string;
  type: string;
  text?: string;
  id?: string;
  namespace_id?: string;
  bucket_name?: string;
  simple?: { limit: number; period: 10 | 60 };
};

export type Version = {
  id: string;
  number: number;
  createdOn: string;
  code: string;
  compatibilityDate: string;
  bindings: Binding[];
  /** Paths of the files that it serves. */
  pages: string[];
};
type Deployment = {
  id: string;
  createdOn: string;
  version: Version;
  annotations: Record<string, string>;
};

export type Script = {
  name: string;
  versions: Version[];
  /** Newest first; the first is what runs. */
  deployments: Deployment[];
  crons: string[];
};

type Domain = { id: string; hostname: string; service: string; zone_id: string };

/** One call that was made with the account's token. */
export type Call = { number: number; method: string; path: string };

/**
 * `refuse`: 500, and nothing is done. `lose`: it is done, and the connection breaks instead of the answer. `hang`: it is
 * done, and no answer comes: for a process that is killed meanwhile.
 */
export type Fault = 'refuse' | 'lose' | 'hang';

export type Account = {
  id: string;
  name: string;
  token: string;
  /** Null: workers.dev was never set up. */
  subdomain: string | null;
  databases: Database[];
  namespaces: Namespace[];
  /** Names; null where R2 is not on. */
  buckets: string[] | null;
  scripts: Script[];
  zones: { id: string; name: string }[];
  domains: Domain[];
  /** Announced file paths, by the token that the upload of the Worker then sends. */
  manifests: Map<string, string[]>;
  calls: Call[];
  /** Decides of each call what becomes of it, before anything is done; null: all is well. */
  fault: (call: Call) => Fault | null | Promise<Fault | null>;
  /** Told when a call that is to hang was carried out. */
  onHang: () => void;
};

export function newAccount(number: number): Account {
  return {
    id: number.toString(16).padStart(32, '0'),
    name: `Account ${number}`,
    token: `cf-token-of-account-${number}`,
    subdomain: `acme-${number}`,
    databases: [],
    namespaces: [],
    buckets: [],
    scripts: [],
    zones: [],
    domains: [],
    manifests: new Map(),
    calls: [],
    fault: () => null,
    onHang: () => undefined,
  };
}

/** The running version. */
export function activeVersion(script: Script): Version | null {
  return script.deployments[0]?.version ?? null;
}
