-- The operator's own words leave the ledger, which nobody may change, for a table from which they can be erased: the
-- note of a credit, and the Idempotency-Key, which was part of the operation's name.

CREATE TABLE credit_notes (
  -- ledger.reference
  operation TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  idempotency_key TEXT,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One operation per key. It leads to the notes of one customer too.
CREATE UNIQUE INDEX credit_notes_of_customer ON credit_notes (customer_id, idempotency_key);

INSERT INTO credit_notes (operation, customer_id, note)
SELECT reference, customer_id, note FROM ledger
WHERE phase = 'operation' AND note IS NOT NULL AND instr(reference, customer_id || ':') <> 1;

-- An operation that was named <customer>:<Idempotency-Key> gets a name like those without a key, and still answers to it.
INSERT INTO credit_notes (operation, customer_id, idempotency_key, note)
SELECT 'op_' || hex(randomblob(11)), customer_id, substr(reference, length(customer_id) + 2), COALESCE(note, '')
FROM ledger WHERE phase = 'operation' AND instr(reference, customer_id || ':') = 1;

-- The one change that is ever made to rows of the ledger: their amounts, customers, jobs and instants stay.
DROP TRIGGER ledger_is_never_updated;

UPDATE ledger SET reference = n.operation
FROM credit_notes n
WHERE ledger.phase = 'operation' AND ledger.reference = n.customer_id || ':' || n.idempotency_key;

ALTER TABLE ledger DROP COLUMN note;

CREATE TRIGGER ledger_is_never_updated BEFORE UPDATE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- The operations about one job: their sum bounds the next one.
CREATE INDEX ledger_about_job ON ledger (job_id, at_ms) WHERE job_id IS NOT NULL;
