// The SQL by which other statements leave customers alone who are erased, or are being erased.

/**
 * SQL: the operator has not erased this customer. An erased customer can be read, but not changed. `customer` needs the name of
 * its table: a bare `customer_id` would be the column of `erasures`.
 */
export const isKept = (customer: string) =>
  `NOT EXISTS (SELECT 1 FROM erasures e WHERE e.customer_id = ${customer})`;

/** SQL: 'erasing' or 'erased'; NULL: neither. */
export const erasureOf = (customer: string) =>
  `(SELECT CASE WHEN e.ended_at_ms IS NULL THEN 'erasing' ELSE 'erased' END FROM erasures e
    WHERE e.customer_id = ${customer})`;
