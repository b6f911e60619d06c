-- The trace id of the submit: what a customer quotes leads to the job. NULL: submitted before this column was there.
ALTER TABLE jobs ADD COLUMN trace_id TEXT;
CREATE INDEX jobs_by_trace ON jobs (trace_id) WHERE trace_id IS NOT NULL;

-- The jobs of one browser token, newest first: its list must not walk those of the whole customer.
CREATE INDEX jobs_of_token ON jobs (token_id, created_at_ms, id) WHERE token_id <> '';
