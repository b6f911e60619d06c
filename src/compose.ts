// Builds everything that one isolate needs: runtime, settings and the memory of each feature. The only file that knows
// all features.

import { waitUntil } from 'cloudflare:workers';
import { readSettings, type Settings } from './env.ts';
import { accountsMemory, type AccountsRuntime } from './features/accounts/memory.ts';
import { catalogueMemory } from './features/catalogue/memory.ts';
import type { FilesRuntime } from './features/files/memory.ts';
import { healthMemory, type HealthRuntime } from './features/health/memory.ts';
import { intakeMemory } from './features/intake/memory.ts';
import { jobsMemory } from './features/jobs/memory.ts';
import { keysMemory, type KeysRuntime } from './features/keys/memory.ts';
import { lifecycleMemory, type SubmitRuntime } from './features/lifecycle/memory.ts';
import { mediaMemory } from './features/media/memory.ts';
import { pricingMemory } from './features/pricing/memory.ts';
import { shieldMemory } from './features/shield/memory.ts';
import { createUpstream } from './features/runcomfy/client.ts';
import { bytesInFlight } from './lib/bytes-in-flight.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { consoleLog, reasonOf, type Log } from './lib/log.ts';
import { turns } from './lib/turns.ts';

/** The runtime of every feature in one, for the planes. */
export type Gateway = KeysRuntime &
  SubmitRuntime &
  FilesRuntime &
  AccountsRuntime &
  HealthRuntime & {
    settings: Settings;
    /** The files deployed with the Worker: dist/. */
    assets: Fetcher;
    /** Cloudflare's id of the deployed version. */
    version: string;
    /** Mistakes in the settings. Each closes the part of the gateway that needs the setting. */
    mistakes: string[];
    /** False if the plain variables are wrong and nothing can be served. */
    usable: boolean;
  };

/** Parts that tests replace. */
type Environment = { clock: Clock; log: Log; waitUntil: (work: Promise<unknown>) => void };

export function compose(
  env: Env,
  { clock, log, waitUntil: keep }: Environment = { clock: systemClock, log: consoleLog, waitUntil },
): Gateway {
  const { settings, mistakes, usable } = readSettings({ ...env });
  for (const mistake of mistakes) {
    log.error('setting_wrong', { reason: mistake });
  }
  const inFlight = bytesInFlight(clock);
  return {
    settings,
    assets: env.ASSETS,
    version: env.VERSION.id,
    mistakes,
    usable,
    db: env.DB,
    rateLimits: { reads: env.READS, misses: env.MISSES, probes: env.PROBES },
    owners: env.OWNERS,
    files: env.FILES ?? null,
    clock,
    inFlight,
    turns: turns(clock),
    log,
    after: (work) =>
      keep(work.catch((error: unknown) => log.error('background_failed', { reason: reasonOf(error) }))),
    upstream: createUpstream(
      { models: settings.runcomfyOrigin, account: settings.runcomfyAccountOrigin },
      { clock, inFlight },
    ),
    memory: {
      ...accountsMemory(),
      ...shieldMemory(),
      ...keysMemory(),
      ...catalogueMemory(),
      ...pricingMemory(),
      ...intakeMemory(),
      ...mediaMemory(),
      ...healthMemory(),
      ...jobsMemory(),
      ...lifecycleMemory(),
    },
  };
}
