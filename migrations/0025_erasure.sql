-- Customers who are forgotten, and what time drops: results after some days, old counters.

CREATE TABLE erasures (
  customer_id TEXT PRIMARY KEY REFERENCES customers (id),
  begun_at_ms INTEGER NOT NULL,
  -- When the cron takes the next step.
  due_at_ms INTEGER NOT NULL,
  -- Up to which of the customer's jobs this pass has come, and whether it has left open ones behind.
  after_ms INTEGER NOT NULL DEFAULT -1,
  after_id TEXT NOT NULL DEFAULT '',
  open_left INTEGER NOT NULL DEFAULT 0 CHECK (open_left IN (0, 1)),
  -- NULL: still `erasing`.
  ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX erasures_due ON erasures (due_at_ms, customer_id) WHERE ended_at_ms IS NULL;

-- What RunComfy answered of a job, its input too, is kept for so long after the job's settlement.
ALTER TABLE settings ADD COLUMN retention_days INTEGER NOT NULL DEFAULT 90 CHECK (retention_days BETWEEN 1 AND 3650);

-- How far the sweeps are: the last job whose result was dropped; before which instant days of counters are dropped, and the
-- last subject of this round ('': the round is over).
CREATE TABLE retention (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  results_to_ms INTEGER NOT NULL DEFAULT 0,
  results_to_id TEXT NOT NULL DEFAULT '',
  days_before_ms INTEGER NOT NULL DEFAULT 0,
  days_after TEXT NOT NULL DEFAULT ''
) STRICT;

INSERT INTO retention (id) VALUES (1);
