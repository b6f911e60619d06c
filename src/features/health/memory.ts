// The last metrics that this isolate answered, so that several monitors cost no more than one.

import type { AccountsRuntime } from '../accounts/memory.ts';
import type { HealthSettings } from './concerns.ts';

type HealthMemory = { metrics: { text: string; untilMs: number } | null };

export type HealthRuntime = AccountsRuntime & {
  settings: HealthSettings;
  /** The mistakes in the Worker's settings. */
  mistakes: string[];
  memory: HealthMemory;
};

export function healthMemory(): HealthMemory {
  return { metrics: null };
}
