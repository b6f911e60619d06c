-- A cron that customers take turns in, and unknown outcomes that stay with the customer whose they are.

-- What the cron has to bring to an end, and what it only asks the cost of, by customer.
DROP INDEX jobs_to_check;
CREATE INDEX jobs_to_check ON jobs (customer_id, check_at_ms, id)
WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NULL;
CREATE INDEX costs_to_check ON jobs (customer_id, check_at_ms, id)
WHERE check_at_ms IS NOT NULL AND settled_at_ms IS NOT NULL;

-- Whose turn was the last, of either kind; what the last run left, and which part of its budget was used up.
ALTER TABLE cron ADD COLUMN last_job_customer TEXT NOT NULL DEFAULT '';
ALTER TABLE cron ADD COLUMN last_cost_customer TEXT NOT NULL DEFAULT '';
ALTER TABLE cron ADD COLUMN jobs_left INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cron ADD COLUMN used_up TEXT CHECK (used_up IN ('time', 'queries', 'subrequests', 'cpu'));

-- Submits in a row whose outcome nobody knows. From held_back_at_ms on (0: not held back) the customer gets one submit
-- at a time, as a probe, from probe_at_ms on.
ALTER TABLE customers ADD COLUMN unknown_in_a_row INTEGER NOT NULL DEFAULT 0 CHECK (unknown_in_a_row >= 0);
ALTER TABLE customers ADD COLUMN held_back_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN probe_at_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX customers_held_back ON customers (probe_at_ms) WHERE held_back_at_ms > 0;

-- Since when RunComfy has answered no submit of the account (0: it answers), and the first customers whose outcomes are
-- unknown since then.
ALTER TABLE accounts ADD COLUMN silent_since_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN silent_for TEXT NOT NULL DEFAULT '[]' CHECK (json_type(silent_for) = 'array');
ALTER TABLE accounts DROP COLUMN unknown_in_a_row;
ALTER TABLE accounts DROP COLUMN unknown_customer;
ALTER TABLE accounts DROP COLUMN unknown_of_one;
