-- What a charge by the reported cost is bounded by from below, and what items of lists add to it.
ALTER TABLE jobs ADD COLUMN least_micros INTEGER NOT NULL DEFAULT 0 CHECK (least_micros BETWEEN 0 AND hold_micros);
-- In the customer's price, and in RunComfy's: a price of the customer's own leaves them as they are.
ALTER TABLE jobs ADD COLUMN adds_micros INTEGER NOT NULL DEFAULT 0 CHECK (adds_micros >= 0);
ALTER TABLE jobs ADD COLUMN adds_cost_micros INTEGER NOT NULL DEFAULT 0 CHECK (adds_cost_micros >= 0);

-- Inputs that were refused here before RunComfy saw them, by hour, model, input and rule; kept for a day.
CREATE TABLE refusals (
  hour_ms INTEGER NOT NULL,
  model_id TEXT NOT NULL,
  input TEXT NOT NULL,
  rule TEXT NOT NULL,
  refused INTEGER NOT NULL,
  PRIMARY KEY (hour_ms, model_id, input, rule)
) STRICT, WITHOUT ROWID;

-- Models of which something could not be used: few, and asked for by health.
CREATE INDEX models_with_findings ON models (id) WHERE findings IS NOT NULL;

-- Each entry of RunComfy's catalogue is read once more: more of them have a price now, and prices are rounded otherwise.
UPDATE models SET entry_hash = '' WHERE source = 'sync';
