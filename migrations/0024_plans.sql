-- Plans: named sets of limits, mark-up and models that customers are on, and what a new customer gets whose creation does
-- not say.

CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  limits TEXT NOT NULL DEFAULT '{}' CHECK (json_type(limits) = 'object'),
  -- NULL: the plan says nothing of it.
  markup_e4 INTEGER CHECK (markup_e4 BETWEEN 0 AND 1000000),
  -- NULL: all models.
  models TEXT CHECK (models IS NULL OR json_type(models) = 'array'),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX plans_by_age ON plans (created_at_ms, id);

-- No foreign key, as with account_id. A plan is deleted only while nobody is on it.
ALTER TABLE customers ADD COLUMN plan_id TEXT;
CREATE INDEX customers_of_plan ON customers (plan_id, created_at_ms, id) WHERE plan_id IS NOT NULL;

-- 1: markup_e4 is the customer's own, and wins over the plan's. Up to now 10000 was what nobody had set.
ALTER TABLE customers ADD COLUMN markup_own INTEGER NOT NULL DEFAULT 0 CHECK (markup_own IN (0, 1));
UPDATE customers SET markup_own = 1 WHERE markup_e4 <> 10000;

ALTER TABLE settings ADD COLUMN default_limits TEXT NOT NULL DEFAULT '{}' CHECK (json_type(default_limits) = 'object');
ALTER TABLE settings ADD COLUMN default_markup_e4 INTEGER CHECK (default_markup_e4 BETWEEN 0 AND 1000000);
ALTER TABLE settings ADD COLUMN default_prepaid INTEGER NOT NULL DEFAULT 0 CHECK (default_prepaid IN (0, 1));
ALTER TABLE settings ADD COLUMN default_plan_id TEXT;
