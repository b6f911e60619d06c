-- The books of comfygate. Instants are milliseconds since 1970 UTC, money is micro-USD, both integers.
-- Limits are JSON objects of integers; the gate reads them with json_each, so that one relation holds the
-- limits of gateway, customer, key and browser token alike.

CREATE TABLE settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  limits TEXT NOT NULL DEFAULT '{}' CHECK (json_type(limits) = 'object'),
  submits TEXT NOT NULL DEFAULT 'on' CHECK (submits IN ('on', 'off'))
) STRICT;

INSERT INTO settings (id) VALUES (1);

CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT UNIQUE,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  markup_e4 INTEGER NOT NULL DEFAULT 10000 CHECK (markup_e4 BETWEEN 0 AND 1000000),
  prepaid INTEGER NOT NULL DEFAULT 0 CHECK (prepaid IN (0, 1)),
  balance_micros INTEGER NOT NULL DEFAULT 0,
  held_micros INTEGER NOT NULL DEFAULT 0 CHECK (held_micros >= 0),
  limits TEXT NOT NULL DEFAULT '{}' CHECK (json_type(limits) = 'object'),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX customers_by_age ON customers (created_at_ms, id);

-- A browser token is a key with a parent. Both generations of a rotated key share `family`, and so one cap.
CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  kind TEXT NOT NULL CHECK (kind IN ('secret', 'browser')),
  parent_id TEXT REFERENCES keys (id),
  family TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  name TEXT NOT NULL,
  models TEXT CHECK (models IS NULL OR json_type(models) = 'array'),
  limits TEXT NOT NULL DEFAULT '{}' CHECK (json_type(limits) = 'object'),
  expires_at_ms INTEGER,
  revoked_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  CHECK ((kind = 'browser') = (parent_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_of_customer ON keys (customer_id, created_at_ms, id);

CREATE TABLE models (
  id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT 'model',
  categories TEXT NOT NULL DEFAULT '[]' CHECK (json_type(categories) = 'array'),
  input_schema TEXT NOT NULL CHECK (json_type(input_schema) = 'object'),
  price TEXT CHECK (price IS NULL OR json_type(price) = 'object'),
  validation TEXT NOT NULL DEFAULT 'enforce' CHECK (validation IN ('enforce', 'advise', 'off')),
  offered INTEGER NOT NULL DEFAULT 1 CHECK (offered IN (0, 1)),
  source TEXT NOT NULL CHECK (source IN ('builtin', 'operator', 'sync')),
  revision INTEGER NOT NULL DEFAULT 1,
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An upstream account without a sealed token takes it from the environment (RUNCOMFY_TOKEN).
CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  label TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO accounts (id, label) VALUES ('acct_env', 'RUNCOMFY_TOKEN of the environment');

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  key_id TEXT NOT NULL REFERENCES keys (id),
  family TEXT NOT NULL,
  token_id TEXT NOT NULL DEFAULT '',
  model_id TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  state TEXT NOT NULL CHECK (
    state IN ('reserved', 'running', 'unconfirmed', 'refused', 'succeeded', 'failed', 'cancelled', 'lost')
  ),
  upstream_id TEXT,
  idempotency_key TEXT,
  body_hash TEXT,
  unit_micros INTEGER NOT NULL CHECK (unit_micros >= 0),
  hold_micros INTEGER NOT NULL CHECK (hold_micros >= 0),
  charge_micros INTEGER CHECK (charge_micros BETWEEN 0 AND hold_micros),
  cost_micros INTEGER,
  result TEXT,
  created_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  settled_at_ms INTEGER,
  check_at_ms INTEGER,
  checks INTEGER NOT NULL DEFAULT 0,
  missing INTEGER NOT NULL DEFAULT 0,
  missing_since_ms INTEGER,
  CHECK ((settled_at_ms IS NULL) = (charge_micros IS NULL)),
  CHECK ((state IN ('reserved', 'running', 'unconfirmed')) = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_of_customer ON jobs (customer_id, created_at_ms, id);
CREATE INDEX jobs_by_age ON jobs (created_at_ms, id);
CREATE INDEX jobs_by_upstream_id ON jobs (upstream_id) WHERE upstream_id IS NOT NULL;
-- One job per key, for as long as the row lives; a refusal frees it. token_id is '' and never NULL, so it counts.
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (customer_id, token_id, idempotency_key)
WHERE idempotency_key IS NOT NULL;
-- Jobs at once are counted here, never in a slot that a crash could leak.
CREATE INDEX jobs_at_once ON jobs (customer_id, family, token_id) WHERE state IN ('reserved', 'running');
-- What the cron still has to bring to an end.
CREATE INDEX jobs_to_check ON jobs (check_at_ms) WHERE check_at_ms IS NOT NULL;

-- Append-only. `reference` is a job or an operation: one hold and one end (charge or release) each, by the key.
-- An operation (credit, adjustment) may be about a job, and says why in its note.
CREATE TABLE ledger (
  reference TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('hold', 'end', 'operation')),
  kind TEXT NOT NULL,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  micros INTEGER NOT NULL,
  note TEXT,
  job_id TEXT REFERENCES jobs (id),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (reference, phase),
  CHECK (
    (phase = 'hold' AND kind = 'hold' AND micros >= 0)
    OR (phase = 'end' AND kind IN ('charge', 'release') AND micros >= 0)
    OR (phase = 'operation' AND kind IN ('credit', 'adjustment'))
  )
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_is_never_updated BEFORE UPDATE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_is_never_deleted BEFORE DELETE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- One row per subject and window; a month is the sum of its days. The sliding minute is a ring of eight
-- 10-second slices, so that it needs no sweeping: a slice that comes round again starts from 0. `slot` is the
-- place in the ring, and for the other grains the start itself.
CREATE TABLE counters (
  subject TEXT NOT NULL,
  grain TEXT NOT NULL CHECK (grain IN ('slice', 'day', 'total')),
  slot INTEGER NOT NULL,
  starts_at_ms INTEGER NOT NULL,
  requests INTEGER NOT NULL CHECK (requests >= 0),
  micros INTEGER NOT NULL CHECK (micros >= 0),
  PRIMARY KEY (subject, grain, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  change TEXT NOT NULL CHECK (json_valid(change)),
  trace_id TEXT NOT NULL
) STRICT;
