// The SQL that keeps whatever could name somebody again from customers who are erased, or are being erased.

/**
 * SQL: nobody has asked to erase this customer. From that on the customer can be read, and changed by nobody. A column needs
 * the name of its table: `customer_id` alone would be that of the erasures.
 */
export const isKept = (customer: string) =>
  `NOT EXISTS (SELECT 1 FROM erasures e WHERE e.customer_id = ${customer})`;

/** SQL: how far the erasure is; NULL: there is none. */
export const erasureOf = (customer: string) =>
  `(SELECT CASE WHEN e.ended_at_ms IS NULL THEN 'erasing' ELSE 'erased' END FROM erasures e
    WHERE e.customer_id = ${customer})`;
