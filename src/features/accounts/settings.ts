// The settings of this feature; env.ts reads them.

import type { Micros } from '../../lib/money.ts';

export type AccountsSettings = {
  /** The token of account `acct_env`; null: that account cannot be used. */
  runcomfyToken: string | null;
  /** The vault's keys in base64: the present one, which seals, then the previous one, which only opens. Empty: no vault. */
  vaultKeys: string[];
  /** The gateway warns about a RunComfy balance below this. */
  balanceWarningMicros: Micros | 0;
};
