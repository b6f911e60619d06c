// The money that a caller may still spend, as one number.

import type { Runtime } from '../../runtime.ts';
import { ownLimits } from './limit-usage.ts';
import { readLimitReport, type Caller } from './limit-usage-store.ts';
import { walletOf } from './spendable.ts';

/** In micro-USD, as it stands now; null where nothing limits. A browser token sees its own limits alone. */
export async function readWallet(
  { db, clock }: Runtime,
  caller: Omit<Caller, 'atMs'>,
): Promise<number | null> {
  const { limits } = await readLimitReport(db, { ...caller, atMs: clock.now() });
  return walletOf(ownLimits(limits, caller));
}
