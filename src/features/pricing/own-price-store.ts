// Customers' own prices: an own price replaces list price × mark-up for one model.

import { audited, type Change, type State } from '../audit/store.ts';
import { isKept } from '../erasure/kept-store.ts';
import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { isMicros, type Micros } from '../../lib/money.ts';
import { statement } from '../../storage/statement.ts';

export type OwnPrice = { modelId: string; unitMicros: Micros; setAtMs: number };

export function ownPriceOf(row: Row): OwnPrice {
  return {
    modelId: column(row, 'model_id', isText),
    unitMicros: column(row, 'unit_micros', isMicros),
    setAtMs: column(row, 'set_at_ms', isNumber),
  };
}

const FIND = statement<{ customerId: string; modelIds: string }>(
  `SELECT * FROM customer_prices
   WHERE customer_id = :customerId AND model_id IN (SELECT value FROM json_each(:modelIds))`,
);

/** The customer's own unit prices of those of these models that have one, by model. */
export async function findOwnPrices(
  db: D1Database,
  customerId: string,
  modelIds: string[],
): Promise<Map<string, Micros>> {
  const { results } = await FIND(db, { customerId, modelIds: JSON.stringify(modelIds) }).all();
  return new Map(results.map(ownPriceOf).map(({ modelId, unitMicros }) => [modelId, unitMicros]));
}

/** One row for `ownPriceOf`, or none: the own price of the customer whose key has this hash. */
export const ownPriceQuery = statement<{ keyHash: string; modelId: string }>(
  `SELECT * FROM customer_prices
   WHERE customer_id = (SELECT customer_id FROM keys WHERE hash = :keyHash) AND model_id = :modelId`,
);

const FIND_CUSTOMER = statement<{ customerId: string }>('SELECT id FROM customers WHERE id = :customerId');
const READ_PAGE = statement<{ customerId: string; after: string; limit: number }>(
  `SELECT * FROM customer_prices WHERE customer_id = :customerId AND model_id > :after
   ORDER BY model_id LIMIT :limit`,
);

/** A page of the customer's own prices after the model `after`, ordered by model id; null without such a customer. */
export async function readOwnPrices(
  db: D1Database,
  customerId: string,
  page: { after: string; limit: number },
): Promise<OwnPrice[] | null> {
  const [found, prices] = await db.batch<Record<string, unknown>>([
    FIND_CUSTOMER(db, { customerId }),
    READ_PAGE(db, { customerId, ...page }),
  ]);
  return rowsOf(found).length === 0 ? null : rowsOf(prices).map(ownPriceOf);
}

/** A price as the audit shows it; its object is the customer's id, a space and the model's id. */
const STATE: State = (
  objects,
) => `SELECT o.value AS object, json_object('unit_micros', p.unit_micros) AS state
  FROM (${objects}) o JOIN customer_prices p ON p.customer_id = substr(o.value, 1, instr(o.value, ' ') - 1)
    AND p.model_id = substr(o.value, instr(o.value, ' ') + 1)`;

type Place = { customer: string; modelId: string };

const PUT = statement<Place & { unitMicros: Micros; atMs: number }>(
  `INSERT INTO customer_prices (customer_id, model_id, unit_micros, set_at_ms)
   SELECT c.id, m.id, :unitMicros, :atMs FROM customers c, models m
   WHERE c.id = :customer AND m.id = :modelId AND ${isKept('c.id')}
   ON CONFLICT DO UPDATE SET unit_micros = excluded.unit_micros, set_at_ms = excluded.set_at_ms`,
);

/** Sets a price. False: there is no such customer or model, or the customer is erased. */
export async function putOwnPrice(
  db: D1Database,
  price: Place & { unitMicros: Micros },
  change: Change,
): Promise<boolean> {
  const { before, behind } = audited(db, change, STATE);
  const [, written] = await db.batch([...before, PUT(db, { ...price, atMs: change.atMs }), ...behind]);
  return written?.meta.changes === 1;
}

const DELETE = statement<Place>(
  `DELETE FROM customer_prices
   WHERE customer_id = :customer AND model_id = :modelId AND ${isKept(':customer')}`,
);

/** Deletes a price. False: there was none, or the customer is erased. */
export async function deleteOwnPrice(db: D1Database, place: Place, change: Change): Promise<boolean> {
  const { before, behind } = audited(db, change, STATE);
  const [, deleted] = await db.batch([...before, DELETE(db, place), ...behind]);
  return deleted?.meta.changes === 1;
}
