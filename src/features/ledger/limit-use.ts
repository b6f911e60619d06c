// How much of its limits a subject uses now, for the operator: of a customer, of a key's whole family, of the gateway.

import type { CustomerId, KeyId } from '../../lib/ids.ts';
import type { ProblemLimit } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import { readLimitUsageOfEach } from './customers-usage-store.ts';
import { showLimitUsage } from './limit-usage.ts';
import { readLimitUsage } from './limit-usage-store.ts';

type Subject =
  | { scope: 'gateway' }
  | { scope: 'customer'; customerId: CustomerId }
  | { scope: 'key'; customerId: CustomerId; keyId: KeyId };

/** Money in dollars; a prepaid balance is no limit here. */
export async function readLimitUse({ db, clock }: Runtime, subject: Subject): Promise<ProblemLimit[]> {
  const atMs = clock.now();
  const limits = await readLimitUsage(db, { customerId: '', keyId: '', ...subject, atMs });
  return limits
    .filter(({ scope, name }) => scope === subject.scope && name !== 'balance')
    .map((limit) => showLimitUsage(limit, atMs));
}

/** The same of several customers, by customer; those without a limit are not in it. */
export async function readLimitUseOfEach(
  { db, clock }: Runtime,
  ids: CustomerId[],
): Promise<Map<CustomerId, ProblemLimit[]>> {
  const atMs = clock.now();
  const use = new Map<CustomerId, ProblemLimit[]>();
  for (const { customer, ...limit } of await readLimitUsageOfEach(db, ids, atMs)) {
    use.set(customer, [...(use.get(customer) ?? []), showLimitUsage(limit, atMs)]);
  }
  return use;
}
