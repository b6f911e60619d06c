-- The operator's list of customers by name, in any case.
CREATE INDEX customers_by_name ON customers (name COLLATE NOCASE, id);
