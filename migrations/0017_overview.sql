-- What was booked by day: for all, by customer and by model. The cron adds an hour once all of its costs are known.
-- All of it can be made anew from jobs and ledger.

CREATE TABLE overview_days (
  -- Days since 1970 UTC.
  day INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('all', 'customer', 'model')),
  -- The id of a customer or a model; '' for all.
  subject TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  charged_micros INTEGER NOT NULL,
  adjusted_micros INTEGER NOT NULL,
  cost_micros INTEGER NOT NULL,
  loss_micros INTEGER NOT NULL,
  PRIMARY KEY (day, kind, subject)
) STRICT, WITHOUT ROWID;

-- The largest of a day, without the rest of it.
CREATE INDEX overview_largest ON overview_days (kind, day, charged_micros);

-- How many jobs of a day took at least so long from submit to success, and less than the next step.
CREATE TABLE overview_durations (
  day INTEGER NOT NULL,
  at_least_ms INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  PRIMARY KEY (day, at_least_ms)
) STRICT, WITHOUT ROWID;

-- Up to where the hours are added. 0: none is.
CREATE TABLE overview_progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  summed_to_ms INTEGER NOT NULL
) STRICT;

INSERT INTO overview_progress (id, summed_to_ms) VALUES (1, 0);

-- Over all customers: what was settled in an hour, and what was booked by hand in it.
CREATE INDEX jobs_by_settlement_age ON jobs (settled_at_ms) WHERE settled_at_ms IS NOT NULL;
CREATE INDEX ledger_operations_by_age ON ledger (at_ms) WHERE phase = 'operation';
