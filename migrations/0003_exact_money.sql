-- Exact money: what a job was priced by, what it cost the operator and when that was known, prices of a customer's
-- own, and whether the upstream accounts take jobs.

ALTER TABLE models ADD COLUMN charge TEXT NOT NULL DEFAULT 'estimate' CHECK (charge IN ('estimate', 'cost'));

-- Replaces list price × mark-up for one customer and one model.
CREATE TABLE customer_prices (
  customer_id TEXT NOT NULL REFERENCES customers (id),
  model_id TEXT NOT NULL REFERENCES models (id),
  unit_micros INTEGER NOT NULL CHECK (unit_micros >= 0),
  set_at_ms INTEGER NOT NULL,
  PRIMARY KEY (customer_id, model_id)
) STRICT, WITHOUT ROWID;

-- The price as it stood when the job was admitted: what is settled follows these columns and nothing else.
ALTER TABLE jobs ADD COLUMN charge_mode TEXT NOT NULL DEFAULT 'estimate' CHECK (charge_mode IN ('estimate', 'cost'));
ALTER TABLE jobs ADD COLUMN estimate_micros INTEGER NOT NULL DEFAULT 0 CHECK (estimate_micros BETWEEN 0 AND hold_micros);
ALTER TABLE jobs ADD COLUMN markup_e4 INTEGER NOT NULL DEFAULT 10000 CHECK (markup_e4 >= 0);
ALTER TABLE jobs ADD COLUMN price TEXT CHECK (price IS NULL OR json_type(price) = 'object');
UPDATE jobs SET estimate_micros = hold_micros;

-- The instant at which the cost was booked, which may be later than the settlement: a month that is over gets none.
ALTER TABLE jobs ADD COLUMN cost_at_ms INTEGER CHECK (cost_at_ms IS NULL OR cost_micros IS NOT NULL);
-- Why the estimate was charged in the place of a cost, or what is wrong with the cost.
ALTER TABLE jobs ADD COLUMN cost_flag TEXT CHECK (cost_flag IN ('missing', 'invalid'));
UPDATE jobs SET cost_at_ms = ended_at_ms WHERE cost_micros IS NOT NULL;

CREATE INDEX jobs_by_settlement ON jobs (customer_id, settled_at_ms) WHERE settled_at_ms IS NOT NULL;
CREATE INDEX jobs_by_cost ON jobs (customer_id, cost_at_ms) WHERE cost_at_ms IS NOT NULL;
CREATE INDEX jobs_with_loss ON jobs (ended_at_ms) WHERE state = 'lost' OR cost_micros > charge_micros;
CREATE INDEX jobs_flagged ON jobs (ended_at_ms) WHERE cost_flag IS NOT NULL;
CREATE INDEX ledger_operations ON ledger (customer_id, at_ms) WHERE phase = 'operation';

-- An account that is not `ok` gets one submit at a time, as a probe, from probe_at_ms on.
ALTER TABLE accounts ADD COLUMN state TEXT NOT NULL DEFAULT 'ok'
  CHECK (state IN ('ok', 'no_balance', 'bad_token', 'unknown_outcomes'));
ALTER TABLE accounts ADD COLUMN since_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN unknown_in_a_row INTEGER NOT NULL DEFAULT 0 CHECK (unknown_in_a_row >= 0);
-- Whose the last unknown outcome was, and whether all in the row are theirs: then it is their matter alone.
ALTER TABLE accounts ADD COLUMN unknown_customer TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN unknown_of_one INTEGER NOT NULL DEFAULT 1 CHECK (unknown_of_one IN (0, 1));
ALTER TABLE accounts ADD COLUMN probe_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN balance_micros INTEGER;
ALTER TABLE accounts ADD COLUMN balance_at_ms INTEGER;
ALTER TABLE accounts ADD COLUMN balance_check_at_ms INTEGER NOT NULL DEFAULT 0;

-- When the cron last ran, so that somebody notices when it does not.
CREATE TABLE cron (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ran_at_ms INTEGER NOT NULL
) STRICT;
