// The record of dependencies that use cases take as their first argument, built once per isolate.

import { waitUntil } from 'cloudflare:workers';
import type { Judge } from './features/input-schema/judge.ts';
import type { Offer } from './features/catalogue/model.ts';
import { readSettings, type Settings } from './env.ts';
import type { EndedJob, Owned } from './features/jobs/job.ts';
import type { Outage } from './features/lifecycle/bridge.ts';
import type { Recent } from './features/lifecycle/recent.ts';
import type { Principal } from './features/keys/principal.ts';
import { boundedCache, type BoundedCache } from './lib/bounded-cache.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { consoleLog, reasonOf, type Log } from './lib/log.ts';
import type { Micros } from './lib/money.ts';
import type { RememberedFacts } from './features/media/facts.ts';
import { createUpstream, type Upstream } from './features/runcomfy/client.ts';

/** What an isolate remembers. Everything in it can be forgotten at any time. */
type Memory = {
  /** By text of the key. G6 allows 10 s: a read by a revoked key stops when this forgets. */
  principals: BoundedCache<Principal>;
  /** Hashes that no live key has. */
  unknownKeys: BoundedCache<true>;
  models: BoundedCache<Offer>;
  /** By customer and model; null: they have none. */
  ownPrices: BoundedCache<Micros | null>;
  /** By schema hash: models with the same schema share one. */
  judges: BoundedCache<Judge>;
  owners: BoundedCache<Owned>;
  /** Job ids that D1 does not have. */
  missing: BoundedCache<true>;
  ended: BoundedCache<EndedJob>;
  /** The last word on running jobs: told again for a second at most, and for as long as RunComfy cannot be read. */
  recent: BoundedCache<Recent>;
  /** By job; forgotten in the middle of an outage, it is counted anew. */
  outages: BoundedCache<Outage>;
  /** What is known of customers' files, by URL. */
  media: BoundedCache<RememberedFacts>;
};

export type Deps = {
  settings: Settings;
  /** Mistakes in the settings; not empty = something is closed. */
  mistakes: string[];
  /** False: the plain variables are wrong and nothing can be served. */
  usable: boolean;
  db: D1Database;
  owners: KVNamespace;
  clock: Clock;
  log: Log;
  upstream: Upstream;
  memory: Memory;
  /** Runs on after the answer; what fails there is logged, and the cron repairs it. */
  after: (work: Promise<unknown>) => void;
};

/** What tests replace. */
export type Environment = { clock: Clock; log: Log; waitUntil: (work: Promise<unknown>) => void };

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

export function createDeps(
  env: Env,
  { clock, log, waitUntil: keep }: Environment = { clock: systemClock, log: consoleLog, waitUntil },
): Deps {
  const { settings, mistakes, usable } = readSettings({ ...env });
  for (const mistake of mistakes) {
    log.error('setting_wrong', { reason: mistake });
  }
  return {
    settings,
    mistakes,
    usable,
    db: env.DB,
    owners: env.OWNERS,
    clock,
    log,
    upstream: createUpstream(
      { models: settings.runcomfyOrigin, account: settings.runcomfyAccountOrigin },
      clock,
    ),
    memory: {
      principals: boundedCache(10_000, 10 * SECOND_MS),
      unknownKeys: boundedCache(10_000, 5 * SECOND_MS),
      models: boundedCache(1_000, 10 * SECOND_MS),
      ownPrices: boundedCache(10_000, 10 * SECOND_MS),
      judges: boundedCache(200, DAY_MS),
      owners: boundedCache(50_000, DAY_MS),
      missing: boundedCache(10_000, 5 * SECOND_MS),
      ended: boundedCache(1_000, DAY_MS),
      recent: boundedCache(50_000, 30 * 60 * SECOND_MS),
      outages: boundedCache(10_000, 30 * 60 * SECOND_MS),
      media: boundedCache(2_000, 5 * 60 * SECOND_MS),
    },
    after: (work) =>
      keep(work.catch((error: unknown) => log.error('background_failed', { reason: reasonOf(error) }))),
  };
}
