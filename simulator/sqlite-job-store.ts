// Stores jobs as JSON in a Durable Object's SQLite. A row holds 2 MB at most, so a large input is not stored: after a restart
// the job's input is empty, which only the control API and the echo show.
import { parseExact } from './exact.ts';
import { Job } from './job.ts';
import type { JobStore } from './simulation.ts';

const MAX_JSON_LENGTH = 500_000;

export function sqliteJobStore(sql: SqlStorage): JobStore {
  sql.exec('CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT');
  return {
    *load() {
      for (const { json } of sql.exec<{ json: string }>('SELECT json FROM jobs ORDER BY rowid')) {
        yield Job.parse(parseExact(json));
      }
    },
    save(job) {
      const json = JSON.stringify(job);
      const kept =
        json.length <= MAX_JSON_LENGTH ? json : JSON.stringify({ ...job, body: {}, bodyText: '{}' });
      sql.exec('INSERT OR REPLACE INTO jobs (id, json) VALUES (?1, ?2)', job.id, kept);
    },
    clear() {
      sql.exec('DELETE FROM jobs');
    },
  };
}
