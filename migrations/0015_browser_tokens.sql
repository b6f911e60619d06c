-- Browser tokens: keys that a key mints for a page, narrow and short-lived, and the end users that they stand for.

-- What a token gets whose minting names no bound in count or money.
ALTER TABLE settings ADD COLUMN token_requests INTEGER NOT NULL DEFAULT 25 CHECK (token_requests >= 0);
ALTER TABLE settings ADD COLUMN token_spend_micros INTEGER NOT NULL DEFAULT 1000000 CHECK (token_spend_micros >= 0);

-- The pages that may use a token (NULL: all), the customer's end user behind it ('': none), and whose jobs it sees.
ALTER TABLE keys ADD COLUMN origins TEXT CHECK (origins IS NULL OR json_type(origins) = 'array');
ALTER TABLE keys ADD COLUMN end_user TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN see TEXT NOT NULL DEFAULT 'own'
  CHECK (see = 'own' OR (see = 'end_user' AND end_user <> ''));
-- What the cron sweeps, and what SQLite looks up for the foreign keys of each row that is swept.
CREATE INDEX tokens_by_expiry ON keys (expires_at_ms, id) WHERE kind = 'browser';
CREATE INDEX tokens_of_key ON keys (parent_id, created_at_ms, id);
CREATE INDEX jobs_of_key ON jobs (key_id, created_at_ms, id);
-- The lists of keys do not walk the tokens, of which there may be a thousand a minute.
DROP INDEX keys_of_customer;
CREATE INDEX keys_of_customer ON keys (customer_id, created_at_ms, id) WHERE kind = 'secret';
DROP INDEX keys_by_age;
CREATE INDEX keys_by_age ON keys (created_at_ms, id) WHERE kind = 'secret';

ALTER TABLE jobs ADD COLUMN end_user TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_of_end_user ON jobs (customer_id, end_user, created_at_ms, id) WHERE end_user <> '';
-- What a token still holds; a job leaves the index with its settlement.
CREATE INDEX holds_of_token ON jobs (token_id) WHERE token_id <> '' AND settled_at_ms IS NULL;

-- Whose Idempotency-Key it is within the customer: an end user's, which outlives the token, else the token's, else ''.
ALTER TABLE jobs ADD COLUMN idempotency_scope TEXT NOT NULL DEFAULT '';
UPDATE jobs SET idempotency_scope = token_id WHERE token_id <> '';
DROP INDEX jobs_by_idempotency_key;
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (customer_id, idempotency_key, idempotency_scope)
WHERE idempotency_key IS NOT NULL;

-- What was booked per day (days since 1970 UTC), customer and end user; jobs without one are not in it.
CREATE TABLE usage_end_users (
  customer_id TEXT NOT NULL REFERENCES customers (id),
  day INTEGER NOT NULL,
  end_user TEXT NOT NULL CHECK (end_user <> ''),
  jobs INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0,
  charged INTEGER NOT NULL DEFAULT 0,
  adjusted INTEGER NOT NULL DEFAULT 0,
  cost INTEGER NOT NULL DEFAULT 0,
  loss INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (customer_id, day, end_user)
) STRICT, WITHOUT ROWID;

-- Triggers keep it: whatever settles a job, books its cost or adjusts its charge cannot forget to, and a job without an
-- end user costs no statement more. The check of the ledger counts it anew.
CREATE TRIGGER end_user_settled AFTER UPDATE OF settled_at_ms ON jobs
WHEN NEW.end_user <> '' AND OLD.settled_at_ms IS NULL AND NEW.settled_at_ms IS NOT NULL AND NEW.state <> 'refused'
BEGIN
  INSERT INTO usage_end_users (customer_id, day, end_user, jobs, succeeded, failed, cancelled, lost, charged)
  VALUES (NEW.customer_id, NEW.settled_at_ms / 86400000, NEW.end_user, 1, NEW.state = 'succeeded',
    NEW.state = 'failed', NEW.state = 'cancelled', NEW.state = 'lost', NEW.charge_micros)
  ON CONFLICT DO UPDATE SET jobs = jobs + 1, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled, lost = lost + excluded.lost,
    charged = charged + excluded.charged;
END;

CREATE TRIGGER end_user_cost AFTER UPDATE OF cost_at_ms ON jobs
WHEN NEW.end_user <> '' AND OLD.cost_at_ms IS NULL AND NEW.cost_at_ms IS NOT NULL
BEGIN
  INSERT INTO usage_end_users (customer_id, day, end_user, cost, loss)
  VALUES (NEW.customer_id, NEW.cost_at_ms / 86400000, NEW.end_user, NEW.cost_micros,
    CASE NEW.state WHEN 'succeeded' THEN MAX(NEW.cost_micros - NEW.hold_micros, 0) ELSE NEW.cost_micros END)
  ON CONFLICT DO UPDATE SET cost = cost + excluded.cost, loss = loss + excluded.loss;
END;

CREATE TRIGGER end_user_adjusted AFTER INSERT ON ledger WHEN NEW.kind = 'adjustment'
BEGIN
  INSERT INTO usage_end_users (customer_id, day, end_user, adjusted)
  SELECT customer_id, NEW.at_ms / 86400000, end_user, NEW.micros FROM jobs WHERE id = NEW.job_id AND end_user <> ''
  ON CONFLICT DO UPDATE SET adjusted = adjusted + excluded.adjusted;
END;
