// Compiled judges. A schema never changes under its hash, so only the weight of the others lets one go.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { Runtime } from '../../runtime.ts';
import type { Refusals } from './refusal-store.ts';
import type { Judge } from '../input-schema/judge.ts';

/** By schema hash: models with the same schema share one. */
type IntakeMemory = {
  judges: WeighedCache<Judge>;
  /** Refusals that are not in the books yet. */
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
