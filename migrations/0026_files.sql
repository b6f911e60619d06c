-- Files that customers and their pages upload as inputs. Their bytes lie in R2 under the id; what is known of them, here.

-- How long a file is kept.
ALTER TABLE settings ADD COLUMN files_days INTEGER NOT NULL DEFAULT 7 CHECK (files_days BETWEEN 1 AND 365);

CREATE TABLE files (
  id TEXT PRIMARY KEY,
  -- Stands in the file's URL, so that nobody can guess one.
  secret TEXT NOT NULL UNIQUE,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  family TEXT NOT NULL,
  -- The browser token that uploaded it, and its end user; '': none.
  token_id TEXT NOT NULL,
  end_user TEXT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  -- Of an image that was measured.
  width INTEGER,
  height INTEGER,
  -- reserved: its bytes are on their way. stored: R2 has them all. gone: nobody gets it any more.
  state TEXT NOT NULL CHECK (state IN ('reserved', 'stored', 'gone')),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  -- From when on the cron deletes it, bytes and row.
  due_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX files_due ON files (due_at_ms, id);
CREATE INDEX files_of_customer ON files (customer_id, created_at_ms, id);

-- What the files of a gateway, customer, key (by family) and browser token come to. Reserved ones count, and those that
-- are gone, until R2 has forgotten them.
CREATE TABLE file_bytes (
  subject TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT, WITHOUT ROWID;

-- Triggers keep it, so that no statement can forget to.
CREATE TRIGGER file_added AFTER INSERT ON files
BEGIN
  INSERT INTO file_bytes (subject, bytes)
  SELECT value, NEW.bytes FROM json_each(json_array('gateway', NEW.customer_id, NEW.family, NEW.token_id))
  WHERE value <> ''
  ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER file_removed AFTER DELETE ON files
BEGIN
  UPDATE file_bytes SET bytes = bytes - OLD.bytes
  WHERE subject IN ('gateway', OLD.customer_id, OLD.family, OLD.token_id);
  DELETE FROM file_bytes WHERE subject IN (OLD.customer_id, OLD.family, OLD.token_id) AND bytes = 0;
END;
