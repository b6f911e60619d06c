-- One upstream job is one job here, whichever store knew of it first: whatever would write its id a second time fails.
DROP INDEX jobs_by_upstream_id;
CREATE UNIQUE INDEX jobs_by_upstream_id ON jobs (upstream_id, account_id) WHERE upstream_id IS NOT NULL;
