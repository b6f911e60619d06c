// Settings of this feature; env.ts reads them.

import type { Micros } from '../../lib/money.ts';

export type AccountsSettings = {
  /** The token of account `acct_env`, or null when that account cannot be used. */
  runcomfyToken: string | null;
  /** The keys of the vault, in base64: the one that seals, then the one before it, which only opens. Empty: no vault. */
  vaultKeys: string[];
  /** A RunComfy balance below this is warned about. */
  balanceWarningMicros: Micros | 0;
};
