-- Several RunComfy accounts: their sealed tokens, which of them a submit may take, and what they have room for.

ALTER TABLE accounts ADD COLUMN status TEXT NOT NULL DEFAULT 'active'
  CHECK (status IN ('active', 'draining', 'disabled', 'deleted'));
-- NULL: the token is in the environment, or the account is deleted.
ALTER TABLE accounts ADD COLUMN sealed TEXT;
-- Of the key that sealed it: the first 8 hex characters of its SHA-256.
ALTER TABLE accounts ADD COLUMN vault_key_id TEXT;
ALTER TABLE accounts ADD COLUMN hint TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1));
ALTER TABLE accounts ADD COLUMN priority INTEGER NOT NULL DEFAULT 100;
ALTER TABLE accounts ADD COLUMN limits TEXT NOT NULL DEFAULT '{}' CHECK (json_type(limits) = 'object');
-- Set by an answer of 429: until then another account with room is taken.
ALTER TABLE accounts ADD COLUMN busy_until_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN last_error TEXT;
ALTER TABLE accounts ADD COLUMN last_error_at_ms INTEGER;
ALTER TABLE accounts ADD COLUMN created_at_ms INTEGER NOT NULL DEFAULT 0;

-- The one account that takes this customer's jobs; NULL: any that has room. No foreign key: an export of D1 lists accounts
-- behind customers, and could not be imported. Rows of accounts are never deleted.
ALTER TABLE customers ADD COLUMN account_id TEXT;

-- Jobs at once of an account as well. An index of its own for that would be two more rows for each submit, so the
-- account leads, and whoever counts the jobs of a customer asks account by account.
DROP INDEX jobs_at_once;
CREATE INDEX jobs_at_once ON jobs (account_id, customer_id, family, token_id) WHERE state IN ('reserved', 'running');

-- The key that seals while another one still opens, and since when it is known. It reaches every isolate within minutes;
-- until then nothing is sealed anew with it, so that all of them can open what they read.
CREATE TABLE vault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key_id TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL
) STRICT;
