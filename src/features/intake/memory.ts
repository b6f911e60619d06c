// Compiled schemas, and refusals that are not stored yet. A schema never changes under its hash, so a compiled one is only
// dropped for the weight of others.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { Refusals } from './refusal-store.ts';
import type { Judge } from '../input-schema/judge.ts';

type IntakeMemory = {
  /** By schema hash: models with the same schema share a judge. */
  judges: WeighedCache<Judge>;
  /** Refusals that are not stored in D1 yet. */
  refusals: Map<string, Refusals & { sinceMs: number }>;
};

export type IntakeRuntime = Runtime & { memory: IntakeMemory };

const DAY_MS = 86_400_000;

export function intakeMemory(): IntakeMemory {
  return {
    judges: weighedCache({ maxBytes: 3 * MIB, ttlMs: DAY_MS, weigh: ({ bytes }) => bytes }),
    refusals: new Map(),
  };
}
