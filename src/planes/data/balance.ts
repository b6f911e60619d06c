// GET /prod/v2/balance: RunComfy's clients show it and take it for the check of a credential. RunComfy answers it on
// another host; here it is what this customer may still spend.

import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { walletOf } from '../../features/ledger/spendable.ts';
import { readReport } from '../../features/ledger/store.ts';
import { usd } from '../../lib/money.ts';
import { requireKey } from '../../http/require-key.ts';

/** Of a customer whom no amount limits: programs that look before they submit want to see enough for any job. */
const UNLIMITED_MICROS = 1_000_000_000_000;

export function balancePlane(): Hono<AppEnv> {
  const plane = new Hono<AppEnv>();
  plane.use(requireKey);
  plane.get('/balance', async (c) => {
    const deps = c.get('deps');
    const principal = c.get('principal');
    const { rooms } = await readReport(deps.db, { ...principal, atMs: deps.clock.now() });
    const left = walletOf(rooms);
    const micros = left ?? UNLIMITED_MICROS;
    return c.json({
      balance_usd: usd(micros),
      balance_microdollars: micros,
      currency: 'USD',
      ...(left === null ? { unlimited: true } : {}),
    });
  });
  return plane;
}
