// What this isolate knows of upstream accounts.

import { MIB, weighedCache, type WeighedCache } from '../../lib/weighed-cache.ts';
import type { VaultKey } from '../../lib/seal.ts';
import type { Account, RunComfyRuntime } from '../runcomfy/client.ts';
import type { AccountsSettings } from './settings.ts';

type AccountsMemory = {
  /** Opened tokens by account, each with the sealed text that it came from. They stay for 60 s at most. */
  opened: WeighedCache<{ sealed: string; account: Account }>;
  /** The sealed tokens as D1 last told them: jobs are read with them while D1 does not answer. */
  sealed: WeighedCache<string>;
  /** Accounts whose token RunComfy has refused just now, and D1 had no other. */
  refused: WeighedCache<true>;
  /** Accounts whose token, as D1 has it, did not open just now. */
  shut: WeighedCache<true>;
  /** Accounts of which the operator was told just now that they have no usable token. */
  told: WeighedCache<true>;
  /** Imported once per isolate; null: not yet. */
  vaultKeys: VaultKey[] | null;
  /** The instant at which a new key came is in D1. */
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
    shut: weighedCache({ maxBytes: MIB / 16, ttlMs: 5_000 }),
    told: weighedCache({ maxBytes: MIB / 8, ttlMs: 60_000 }),
    vaultKeys: null,
    isRotationNoted: false,
    envAccount: null,
  };
}
