-- Indexes that answer for the open jobs alone. They had no column for the state or the settlement, so SQLite read the row of
-- each open job too. Such a row can be large: a submit took 50 microseconds of D1 for each job that was open.

DROP INDEX jobs_at_once;
CREATE INDEX jobs_at_once ON jobs (account_id, customer_id, family, token_id, state)
WHERE state IN ('reserved', 'running');

DROP INDEX jobs_to_check;
CREATE INDEX jobs_to_check ON jobs (
  customer_id, check_at_ms, id, settled_at_ms, state, account_id, hold_micros, end_user, created_at_ms
)
WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL;

DROP INDEX costs_to_check;
CREATE INDEX costs_to_check ON jobs (customer_id, check_at_ms, id, settled_at_ms)
WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL;

DROP INDEX holds_of_token;
CREATE INDEX holds_of_token ON jobs (token_id, settled_at_ms, hold_micros)
WHERE token_id <> '' AND settled_at_ms IS NULL;
