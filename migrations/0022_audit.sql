-- An audit that cannot be rewritten unnoticed. Its rows hold ids only and stay for ever; what a person wrote, and from
-- where, lies in audit_details, which may be erased.

ALTER TABLE audit RENAME TO audit_before;

-- AUTOINCREMENT: an id that was taken out is never given again, so the gap stays. The ids have no other gaps.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  -- The name of an admin token, or the id of a key.
  actor TEXT NOT NULL,
  -- Where the actor came by the cookie of a session.
  session_id TEXT,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  trace_id TEXT NOT NULL
) STRICT;

CREATE TABLE audit_details (
  audit_id INTEGER PRIMARY KEY REFERENCES audit (id),
  -- Keeps the hash of details that are erased from being guessed.
  salt TEXT NOT NULL,
  -- The object in front of the change and behind it, by column; NULL: it was not there, or has no state.
  before TEXT CHECK (before IS NULL OR json_type(before) = 'object'),
  after TEXT CHECK (after IS NULL OR json_type(after) = 'object'),
  -- What was asked for.
  change TEXT NOT NULL CHECK (json_type(change) = 'object'),
  address TEXT
) STRICT;

INSERT INTO audit (id, at_ms, actor, action, object, trace_id)
SELECT id, at_ms, actor, action, object, trace_id FROM audit_before ORDER BY id;
INSERT INTO audit_details (audit_id, salt, change)
SELECT id, lower(hex(randomblob(16))), change FROM audit_before ORDER BY id;
DROP TABLE audit_before;

CREATE INDEX audit_by_age ON audit (at_ms);
CREATE INDEX audit_of_actor ON audit (actor, at_ms);
CREATE INDEX audit_of_session ON audit (session_id, at_ms) WHERE session_id IS NOT NULL;
CREATE INDEX audit_of_object ON audit (object, at_ms);
CREATE INDEX audit_of_action ON audit (action, at_ms);
CREATE INDEX audit_of_actor_by_action ON audit (actor, action, at_ms);

-- Holds an object as it was until its change is made; empty outside of a transaction.
CREATE TABLE audit_drafts (
  object TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A chain of SHA-256 over the rows of audit: each over the one before, the row, and the salted hash of its details
-- (NULL: they were erased before the row was sealed), so that erasing details breaks nothing.
CREATE TABLE audit_seals (
  upto_id INTEGER PRIMARY KEY,
  details_sha256 TEXT,
  sha256 TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_details_are_never_updated BEFORE UPDATE ON audit_details
BEGIN
  SELECT RAISE(ABORT, 'details of the audit are erased, never changed');
END;

CREATE TRIGGER audit_seals_are_never_updated BEFORE UPDATE ON audit_seals
BEGIN
  SELECT RAISE(ABORT, 'seals are append-only');
END;

CREATE TRIGGER audit_seals_are_never_deleted BEFORE DELETE ON audit_seals
BEGIN
  SELECT RAISE(ABORT, 'seals are append-only');
END;

-- `off`: entries are written without the address of the caller.
ALTER TABLE settings ADD COLUMN audit_addresses TEXT NOT NULL DEFAULT 'on' CHECK (audit_addresses IN ('on', 'off'));
