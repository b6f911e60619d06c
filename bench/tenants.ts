// Customers with a key each, and limits of every kind that are never reached.

import { newKeyText } from '../src/features/keys/key.ts';
import { sha256Hex } from '../src/lib/hash.ts';

export type Tenant = { customerId: string; keyId: string; key: string };

/** As they are stored: counts, and money in micro-USD. */
export const EVERY_LIMIT = JSON.stringify({
  requests_per_minute: 1_000_000_000,
  requests_per_day: 1_000_000_000,
  requests_per_month: 1_000_000_000,
  max_concurrent: 1_000_000_000,
  spend_per_day: 1_000_000_000_000_000,
  spend_per_month: 1_000_000_000_000_000,
  spend_total: 1_000_000_000_000_000,
});

/** The limits are those of each customer, of each key and of the gateway. */
export async function seedTenants(db: D1Database, count: number): Promise<Tenant[]> {
  const tenants = Array.from({ length: count }, (_, number) => {
    const name = `tenant${String(number).padStart(4, '0')}`;
    return { customerId: `cus_${name}`, keyId: `key_${name}`, key: newKeyText('secret') };
  });
  const rows = await Promise.all(
    tenants.map(async ({ customerId, keyId, key }) => [
      db
        .prepare('INSERT INTO customers (id, name, limits, created_at_ms) VALUES (?1, ?1, ?2, 0)')
        .bind(customerId, EVERY_LIMIT),
      db
        .prepare(
          `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, limits, created_at_ms)
           VALUES (?1, ?2, 'secret', ?1, ?3, 'cg_', 'bench', ?4, 0)`,
        )
        .bind(keyId, customerId, await sha256Hex(key), EVERY_LIMIT),
    ]),
  );
  await db.batch([db.prepare('UPDATE settings SET limits = ?1').bind(EVERY_LIMIT), ...rows.flat()]);
  return tenants;
}
