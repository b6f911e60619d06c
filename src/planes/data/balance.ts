// GET /prod/v2/balance: RunComfy's clients show it, and use it to check a credential. RunComfy serves it on another host.
// Here it is the amount that this customer can still spend.

import { readWallet } from '../../features/ledger/wallet.ts';
import { route } from '../../http/route.ts';
import { usd } from '../../lib/money.ts';
import type { BalanceView } from './views.ts';

/** For a customer without a money limit: enough for any job, because programs check it before they submit. */
const UNLIMITED_MICROS = 1_000_000_000_000;

export const balanceRoutes = {
  getBalance: route({
    method: 'GET',
    path: '/prod/v2/balance',
    door: 'key',
    tokens: true,
    wire: 'runcomfy',
    summary: 'Get what you can still spend.',
    refusals: [],
    async run({ runtime, principal }): Promise<BalanceView> {
      const left = await readWallet(runtime, principal);
      const micros = left ?? UNLIMITED_MICROS;
      return {
        balance_usd: usd(micros),
        balance_microdollars: micros,
        currency: 'USD',
        ...(left === null ? { unlimited: true } : {}),
      };
    },
  }),
};
