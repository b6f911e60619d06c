-- Who is signed in to the console. Of cookies and links only SHA-256 is kept; token_hash names the admin token that
-- opened the session, which ends with it.

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  actor TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  -- The browser by its own word, so that a person knows which session is which.
  agent TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

-- Links that sign in once.
CREATE TABLE sign_in_links (
  hash TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at_ms);
