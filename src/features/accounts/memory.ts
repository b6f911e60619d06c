// The upstream accounts' tokens and keys that this isolate remembers.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { VaultKey } from '../../lib/seal.ts';
import type { Account, RunComfyRuntime } from '../runcomfy/client.ts';
import type { AccountsSettings } from './settings.ts';

type AccountsMemory = {
  /** Opened tokens by account, each with the sealed text that it came from. A token stays for 60 s at most. */
  opened: WeighedCache<{ sealed: string; account: Account }>;
  /** The sealed tokens as last read from D1: jobs are read with them while D1 does not answer. */
  sealed: WeighedCache<string>;
  /** Accounts whose token RunComfy has just refused while D1 had no other. */
  refused: WeighedCache<true>;
  /** Accounts whose token has just failed to open. */
  unopenable: WeighedCache<true>;
  /** Accounts for which the log has just had a line that they have no usable token. */
  logged: WeighedCache<true>;
  /** Imported once per isolate; null: not imported yet. */
  vaultKeys: VaultKey[] | null;
  /** D1 has the instant at which the present key was first seen. */
  isRotationNoted: boolean;
  /** The account of the environment; null: not used yet. */
  envAccount: Account | null;
};

export type AccountsRuntime = RunComfyRuntime & { memory: AccountsMemory; settings: AccountsSettings };

const DAY_MS = 86_400_000;

export function accountsMemory(): AccountsMemory {
  return {
    opened: weighedCache({ maxBytes: MIB / 4, ttlMs: 60_000 }),
    sealed: weighedCache({ maxBytes: MIB / 4, ttlMs: DAY_MS }),
    refused: weighedCache({ maxBytes: MIB / 16, ttlMs: 5_000 }),
    unopenable: weighedCache({ maxBytes: MIB / 16, ttlMs: 5_000 }),
    logged: weighedCache({ maxBytes: MIB / 8, ttlMs: 60_000 }),
    vaultKeys: null,
    isRotationNoted: false,
    envAccount: null,
  };
}
