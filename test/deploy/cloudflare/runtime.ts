// Where the account's databases, namespaces and Workers really are: D1, KV and workerd, embedded. Databases and
// namespaces are slots that exist from the start, since a workerd that runs takes no new ones.

import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import { activeVersion, type Account, type Script, type Version } from './account.ts';
import { playHealth } from './played.ts';

const SLOTS = 'slots';
const HOST = '127.0.0.1';

export type Statement = { sql: string; params?: unknown[] };
type Rows = { results: Record<string, unknown>[]; success: boolean; meta: object };
/** Runs the statements as one transaction; throws what D1 says. */
export type Sql = (statements: Statement[]) => Promise<Rows[]>;

/** One call a transaction: Miniflare's own way from Node to D1 takes one for each statement, and waits for it. */
const SLOTS_SCRIPT = `export default {
  async fetch(request, env) {
    const { name, statements } = await request.json();
    const db = env[name];
    try {
      const prepared = statements.map(({ sql, params = [] }) => db.prepare(sql).bind(...params));
      return Response.json(await db.batch(prepared));
    } catch (error) {
      return Response.json(String(error));
    }
  },
};`;

export type Runtime = {
  /** A slot that nobody has. */
  newSlot: () => number;
  database: (slot: number) => Sql;
  namespace: (slot: number) => Promise<KVNamespace>;
  /** From its next call on the account's Worker runs as it is deployed now, in the place of what ran before. */
  run: (account: Account, script: Script) => void;
  fetch: (request: Request) => Promise<Response>;
  cron: (schedule: string) => Promise<void>;
  end: () => Promise<void>;
};

/** `isPlayed`: no Worker runs, played.ts answers for it. */
export async function createRuntime(slots: number, isPlayed: boolean): Promise<Runtime> {
  let used = 0;
  let played: Version | null = null;
  let waiting: V4WorkerOptions | null = null;
  let starting: Promise<void> | undefined;
  const miniflare = new Miniflare(optionsOf(slots, null));
  await miniflare.ready;
  async function deployed() {
    if (waiting !== null) {
      const worker = waiting;
      waiting = null;
      starting = miniflare.setOptions(optionsOf(slots, worker));
    }
    await starting;
    return miniflare.getWorker('deployed');
  }
  return {
    newSlot() {
      used += 1;
      if (used > slots) {
        throw new Error(`all ${slots} slots are taken`);
      }
      return used - 1;
    },
    database: (slot) => async (statements) => {
      const body = JSON.stringify({ name: `D${slot}`, statements });
      const answer: any = await (
        await miniflare.dispatchFetch('http://slots', { method: 'POST', body })
      ).json();
      if (typeof answer === 'string') {
        throw new Error(answer.replace(/^Error: /, ''));
      }
      return answer;
    },
    namespace: async (slot) => (await miniflare.getKVNamespace(`K${slot}`, SLOTS)) as unknown as KVNamespace,
    run(account, script) {
      played = isPlayed ? activeVersion(script) : null;
      waiting = isPlayed ? null : workerOf(account, script);
    },
    async fetch(request) {
      if (played !== null) {
        return playHealth(played, request);
      }
      const worker = await deployed();
      const { url, method, headers } = request;
      const body = method === 'GET' ? null : Buffer.from(await request.arrayBuffer());
      const answer = await worker.fetch(url, { method, headers: [...headers], body });
      return new Response(await answer.arrayBuffer(), {
        status: answer.status,
        headers: [...answer.headers],
      });
    },
    async cron(schedule) {
      const worker = await deployed();
      await worker.scheduled({ cron: schedule });
    },
    end: () => miniflare.dispose(),
  };
}

function optionsOf(slots: number, deployed: V4WorkerOptions | null) {
  const each = (prefix: string, id: string) =>
    Object.fromEntries(Array.from({ length: slots }, (_, slot) => [`${prefix}${slot}`, `${id}${slot}`]));
  return {
    ...convertV4MiniflareOptions({
      host: HOST,
      port: 0,
      cf: false,
      workers: [
        {
          name: SLOTS,
          modules: [{ type: 'ESModule', path: 'slots.js', contents: SLOTS_SCRIPT }],
          d1Databases: each('D', 'database-'),
          kvNamespaces: each('K', 'namespace-'),
        },
        ...(deployed === null ? [] : [deployed]),
      ],
      handleStructuredLogs: () => undefined,
    }),
    telemetry: { enabled: false },
  };
}

function workerOf(account: Account, script: Script): V4WorkerOptions {
  const version = activeVersion(script)!;
  const named = (type: string) => version.bindings.filter((binding) => binding.type === type);
  const texts = [...named('plain_text'), ...named('secret_text')].map(({ name, text }) => [name, text ?? '']);
  const { id, createdOn: timestamp } = version;
  const versions = named('version_metadata').map(({ name }) => [name, { id, tag: '', timestamp }]);
  const slotOf = (databaseId: string) => account.databases.find(({ uuid }) => uuid === databaseId)!.slot;
  const namespaceOf = (namespaceId: string) => account.namespaces.find((one) => one.id === namespaceId)!.slot;
  return {
    name: 'deployed',
    compatibilityDate: version.compatibilityDate,
    modules: [{ type: 'ESModule', path: 'index.js', contents: version.code }],
    bindings: Object.fromEntries([...texts, ...versions]),
    d1Databases: Object.fromEntries(named('d1').map((one) => [one.name, `database-${slotOf(one.id!)}`])),
    r2Buckets: Object.fromEntries(named('r2_bucket').map((one) => [one.name, one.bucket_name!])),
    kvNamespaces: Object.fromEntries(
      named('kv_namespace').map((one) => [one.name, `namespace-${namespaceOf(one.namespace_id!)}`]),
    ),
    ratelimits: Object.fromEntries(
      named('ratelimit').map((one) => [one.name, { namespace_id: one.namespace_id!, simple: one.simple! }]),
    ),
  };
}
