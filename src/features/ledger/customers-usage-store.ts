// The SQL of how much of their limits several customers use, in one statement for a page of their list.

import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isCustomerId, type CustomerId } from '../../lib/ids.ts';
import { limitsOf } from '../plans/terms-store.ts';
import type { LimitUsage } from './limit-usage.ts';
import { LIMIT_COLUMNS, limitUsageOf, ofCaller, OLDEST, used } from './limit-usage-store.ts';
import { windowsAt, type Windows } from './windows.ts';

const LIST_USAGE_OF_EACH = statement<Windows & { customerIds: string; holdMicros: number }>(`WITH
  customer_limit AS (
    SELECT s.id, ${LIMIT_COLUMNS}
    FROM json_each(:customerIds) i CROSS JOIN customers s, json_each(${limitsOf('s')}) l WHERE s.id = i.value
  )
  SELECT m.id AS customer, 'customer' AS scope, m.name, m.max, m.adds,
    CASE m.grain WHEN 'open' THEN ${ofCaller('j.customer_id = m.id')}
      ELSE ${used('counters c WHERE c.subject = m.id')} END AS used,
    ${OLDEST} AS oldest_ms
  FROM customer_limit m WHERE m.grain IS NOT NULL ORDER BY m.name`);

/** Each limit that is set, with its customer. */
export async function readLimitUsageOfEach(
  db: D1Database,
  ids: CustomerId[],
  atMs: number,
): Promise<(LimitUsage & { customer: CustomerId })[]> {
  const values = { ...windowsAt(atMs), customerIds: JSON.stringify(ids), holdMicros: 0 };
  const { results } = await LIST_USAGE_OF_EACH(db, values).all();
  return results.map((row) => ({ ...limitUsageOf(row), customer: column(row, 'customer', isCustomerId) }));
}
