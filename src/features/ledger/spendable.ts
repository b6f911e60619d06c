// How much a caller may still spend, as one number. Pure.

import { isMoney, type LimitUsage } from './limit-usage.ts';

/** Micro-USD that the tightest of these limits and the prepaid balance leave; null where nothing limits. */
export function spendable(limits: LimitUsage[]): number | null {
  const left = limits.filter(isMoney).map(leftIn);
  return left.length === 0 ? null : Math.min(...left);
}

/** Micro-USD: of a prepaid customer the balance minus open holds; else what may be spent; null where nothing limits. */
export function walletOf(limits: LimitUsage[]): number | null {
  const balance = limits.find(({ name }) => name === 'balance');
  return balance === undefined ? spendable(limits) : leftIn(balance);
}

/** A balance can be below 0, after a correction; a limit that was lowered leaves nothing. */
function leftIn({ name, max, used }: LimitUsage): number {
  return name === 'balance' ? max - used : Math.max(0, max - used);
}
