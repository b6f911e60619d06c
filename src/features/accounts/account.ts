// What an upstream account is. Pure.

import type { AccountId } from '../../lib/ids.ts';

/** The account whose token is in the environment, RUNCOMFY_TOKEN. */
export const ENV_ACCOUNT: AccountId = 'acct_env';
