// Prices of a customer's own: they replace list price × mark-up for one model.

import { audited, type Change, type State } from '../audit/store.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isKept } from '../erasure/kept-store.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { isMicros, type Micros } from '../../lib/money.ts';

export type OwnPrice = { modelId: string; unitMicros: Micros; setAtMs: number };

export function ownPriceOf(row: Row): OwnPrice {
  return {
    modelId: column(row, 'model_id', isText),
    unitMicros: column(row, 'unit_micros', isMicros),
    setAtMs: column(row, 'set_at_ms', isNumber),
  };
}

/** What a customer pays for a unit of each of these models, where they have a price of their own. */
export async function findOwnPrices(
  db: D1Database,
  customer: string,
  modelIds: string[],
): Promise<Map<string, Micros>> {
  const { results } = await db
    .prepare(
      `SELECT * FROM customer_prices
       WHERE customer_id = ?1 AND model_id IN (SELECT value FROM json_each(?2))`,
    )
    .bind(customer, JSON.stringify(modelIds))
    .all();
  return new Map(results.map(ownPriceOf).map(({ modelId, unitMicros }) => [modelId, unitMicros]));
}

/** One row for `ownPriceOf`, or none: what the customer who has the key with this hash pays for the model. */
export function ownPriceQuery(db: D1Database, keyHash: string, modelId: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT * FROM customer_prices
       WHERE customer_id = (SELECT customer_id FROM keys WHERE hash = ?1) AND model_id = ?2`,
    )
    .bind(keyHash, modelId);
}

/** The prices of a customer's own, in the order of the model ids, from behind `after`; null without such a customer. */
export async function readOwnPrices(
  db: D1Database,
  customer: string,
  page: { after: string; limit: number },
): Promise<OwnPrice[] | null> {
  const [found, prices] = await db.batch<Record<string, unknown>>([
    db.prepare('SELECT id FROM customers WHERE id = ?1').bind(customer),
    db
      .prepare(
        'SELECT * FROM customer_prices WHERE customer_id = ?1 AND model_id > ?2 ORDER BY model_id LIMIT ?3',
      )
      .bind(customer, page.after, page.limit),
  ]);
  return rowsOf(found).length === 0 ? null : rowsOf(prices).map(ownPriceOf);
}

/** A price as the audit shows it; its object is the customer's id, a space and the model's. */
const STATE: State = (
  objects,
) => `SELECT o.value AS object, json_object('unit_micros', p.unit_micros) AS state
  FROM (${objects}) o JOIN customer_prices p ON p.customer_id = substr(o.value, 1, instr(o.value, ' ') - 1)
    AND p.model_id = substr(o.value, instr(o.value, ' ') + 1)`;

/** Sets a price; false when there is no such customer or no such model. */
export async function putOwnPrice(
  db: D1Database,
  price: { customer: string; modelId: string; unitMicros: Micros },
  change: Change,
): Promise<boolean> {
  const { before, behind } = audited(db, change, STATE);
  const [, written] = await db.batch([
    ...before,
    db
      .prepare(
        `INSERT INTO customer_prices (customer_id, model_id, unit_micros, set_at_ms)
         SELECT c.id, m.id, ?3, ?4 FROM customers c, models m WHERE c.id = ?1 AND m.id = ?2 AND ${isKept('c.id')}
         ON CONFLICT DO UPDATE SET unit_micros = excluded.unit_micros, set_at_ms = excluded.set_at_ms`,
      )
      .bind(price.customer, price.modelId, price.unitMicros, change.atMs),
    ...behind,
  ]);
  return written?.meta.changes === 1;
}

/** Takes a price back; false when there was none. */
export async function deleteOwnPrice(
  db: D1Database,
  price: { customer: string; modelId: string },
  change: Change,
): Promise<boolean> {
  const { before, behind } = audited(db, change, STATE);
  const [, deleted] = await db.batch([
    ...before,
    db
      .prepare(`DELETE FROM customer_prices WHERE customer_id = ?1 AND model_id = ?2 AND ${isKept('?1')}`)
      .bind(price.customer, price.modelId),
    ...behind,
  ]);
  return deleted?.meta.changes === 1;
}
