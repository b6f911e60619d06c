-- What was booked per day (days since 1970 UTC), customer, secret key and model. Reports read these rows and no jobs, so
-- that they cost the same however many jobs there are.

CREATE TABLE usage_days (
  day INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  jobs INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0,
  charged INTEGER NOT NULL DEFAULT 0,
  adjusted INTEGER NOT NULL DEFAULT 0,
  cost INTEGER NOT NULL DEFAULT 0,
  loss INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, customer_id, key_id, model_id)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_days
SELECT at_ms / 86400000, customer_id, key_id, model_id, COUNT(state), COUNT(*) FILTER (WHERE state = 'succeeded'),
  COUNT(*) FILTER (WHERE state = 'failed'), COUNT(*) FILTER (WHERE state = 'cancelled'),
  COUNT(*) FILTER (WHERE state = 'lost'), SUM(charged), SUM(adjusted), SUM(cost), SUM(loss)
FROM (
  SELECT customer_id, key_id, model_id, settled_at_ms AS at_ms, state, charge_micros AS charged, 0 AS adjusted,
    0 AS cost, 0 AS loss
  FROM jobs WHERE settled_at_ms IS NOT NULL AND state <> 'refused'
  UNION ALL
  SELECT customer_id, key_id, model_id, cost_at_ms, NULL, 0, 0, cost_micros,
    CASE state WHEN 'succeeded' THEN MAX(cost_micros - hold_micros, 0) ELSE cost_micros END
  FROM jobs WHERE cost_at_ms IS NOT NULL
  UNION ALL
  SELECT j.customer_id, j.key_id, j.model_id, l.at_ms, NULL, 0, l.micros, 0, 0
  FROM ledger l JOIN jobs j ON j.id = l.job_id WHERE l.kind = 'adjustment'
)
GROUP BY 1, 2, 3, 4;

-- One trigger for each kind of booking keeps both roll-ups, in the transaction of the booking: whatever settles a job,
-- books its cost or adjusts its charge cannot forget them. The check of the ledger counts both anew.
DROP TRIGGER end_user_settled;
DROP TRIGGER end_user_cost;
DROP TRIGGER end_user_adjusted;

CREATE TRIGGER usage_settled AFTER UPDATE OF settled_at_ms ON jobs
WHEN OLD.settled_at_ms IS NULL AND NEW.settled_at_ms IS NOT NULL AND NEW.state <> 'refused'
BEGIN
  INSERT INTO usage_days (day, customer_id, key_id, model_id, jobs, succeeded, failed, cancelled, lost, charged)
  VALUES (NEW.settled_at_ms / 86400000, NEW.customer_id, NEW.key_id, NEW.model_id, 1, NEW.state = 'succeeded',
    NEW.state = 'failed', NEW.state = 'cancelled', NEW.state = 'lost', NEW.charge_micros)
  ON CONFLICT DO UPDATE SET jobs = jobs + 1, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled, lost = lost + excluded.lost,
    charged = charged + excluded.charged;
  INSERT INTO usage_end_users (customer_id, day, end_user, jobs, succeeded, failed, cancelled, lost, charged)
  SELECT NEW.customer_id, NEW.settled_at_ms / 86400000, NEW.end_user, 1, NEW.state = 'succeeded',
    NEW.state = 'failed', NEW.state = 'cancelled', NEW.state = 'lost', NEW.charge_micros WHERE NEW.end_user <> ''
  ON CONFLICT DO UPDATE SET jobs = jobs + 1, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled, lost = lost + excluded.lost,
    charged = charged + excluded.charged;
END;

CREATE TRIGGER usage_cost AFTER UPDATE OF cost_at_ms ON jobs
WHEN OLD.cost_at_ms IS NULL AND NEW.cost_at_ms IS NOT NULL
BEGIN
  INSERT INTO usage_days (day, customer_id, key_id, model_id, cost, loss)
  VALUES (NEW.cost_at_ms / 86400000, NEW.customer_id, NEW.key_id, NEW.model_id, NEW.cost_micros,
    CASE NEW.state WHEN 'succeeded' THEN MAX(NEW.cost_micros - NEW.hold_micros, 0) ELSE NEW.cost_micros END)
  ON CONFLICT DO UPDATE SET cost = cost + excluded.cost, loss = loss + excluded.loss;
  INSERT INTO usage_end_users (customer_id, day, end_user, cost, loss)
  SELECT NEW.customer_id, NEW.cost_at_ms / 86400000, NEW.end_user, NEW.cost_micros,
    CASE NEW.state WHEN 'succeeded' THEN MAX(NEW.cost_micros - NEW.hold_micros, 0) ELSE NEW.cost_micros END
  WHERE NEW.end_user <> ''
  ON CONFLICT DO UPDATE SET cost = cost + excluded.cost, loss = loss + excluded.loss;
END;

CREATE TRIGGER usage_adjusted AFTER INSERT ON ledger WHEN NEW.kind = 'adjustment'
BEGIN
  INSERT INTO usage_days (day, customer_id, key_id, model_id, adjusted)
  SELECT NEW.at_ms / 86400000, customer_id, key_id, model_id, NEW.micros FROM jobs WHERE id = NEW.job_id
  ON CONFLICT DO UPDATE SET adjusted = adjusted + excluded.adjusted;
  INSERT INTO usage_end_users (customer_id, day, end_user, adjusted)
  SELECT customer_id, NEW.at_ms / 86400000, end_user, NEW.micros FROM jobs WHERE id = NEW.job_id AND end_user <> ''
  ON CONFLICT DO UPDATE SET adjusted = adjusted + excluded.adjusted;
END;

-- The version before this one reads its reports by jobs_by_settlement and jobs_by_cost; nothing else does, so the next
-- migration may drop them.

-- How many submits of a day RunComfy took at least so long after they had arrived, and less than the next step.
CREATE TABLE submit_latencies (
  day INTEGER NOT NULL,
  at_least_ms INTEGER NOT NULL,
  submits INTEGER NOT NULL,
  PRIMARY KEY (day, at_least_ms)
) STRICT, WITHOUT ROWID;
