// GET /prod/v2/balance: RunComfy's clients show it and take it for the check of a credential. RunComfy answers it on
// another host; here it is what this customer may still spend.

import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { readWallet } from '../../features/ledger/wallet.ts';
import { usd } from '../../lib/money.ts';
import { requireKey } from '../../http/require-key.ts';

export function balancePlane(): Hono<AppEnv> {
  const plane = new Hono<AppEnv>();
  plane.use(requireKey);
  plane.get('/balance', async (c) => {
    const micros = await readWallet(c.get('deps'), c.get('principal'));
    return c.json({ balance_usd: usd(micros), balance_microdollars: micros, currency: 'USD' });
  });
  return plane;
}
