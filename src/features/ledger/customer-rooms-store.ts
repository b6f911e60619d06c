// The SQL that tells how full the limits of several customers are, in one statement for a page of their list.

import { column } from '../../storage/column.ts';
import { isCustomerId, type CustomerId } from '../../lib/ids.ts';
import { limitsOf } from '../plans/terms-store.ts';
import { MEASURE, ofCaller, roomOf, used, type Room } from './room-store.ts';
import { windowsAt } from './windows.ts';

// ?3 a list of customers.
const ROOMS = `WITH ${MEASURE}
  SELECT s.id AS customer, 'customer' AS scope, m.name, l.value AS max, m.adds,
    CASE m.grain WHEN 'open' THEN ${ofCaller('j.customer_id = s.id')}
      ELSE ${used('counters c WHERE c.subject = s.id')} END AS used,
    CASE m.grain WHEN 'slice' THEN (
      SELECT MIN(c.starts_at_ms) FROM counters c WHERE c.subject = s.id AND c.grain = 'slice'
        AND c.starts_at_ms >= ?7 AND c.requests > 0) END AS oldest_ms
  FROM json_each(?3) i CROSS JOIN customers s, json_each(${limitsOf('s')}) l JOIN measure m ON m.name = l.key
  WHERE s.id = i.value ORDER BY m.name`;

/** Each limit that is set, with its customer. */
export async function readRoomsOfCustomers(
  db: D1Database,
  ids: CustomerId[],
  atMs: number,
): Promise<(Room & { customer: CustomerId })[]> {
  const { minuteSinceMs, dayMs, monthMs } = windowsAt(atMs);
  const { results } = await db
    .prepare(ROOMS)
    .bind(null, atMs, JSON.stringify(ids), null, null, 0, minuteSinceMs, dayMs, monthMs)
    .all();
  return results.map((row) => ({ ...roomOf(row), customer: column(row, 'customer', isCustomerId) }));
}
