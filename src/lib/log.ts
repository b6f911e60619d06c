// The one place that prints. Fields are an allow-list by type: what is not named here cannot be logged.

import { isMigrationMissing, MIGRATE } from './missing-migration.ts';

export type LogFields = {
  trace_id?: string;
  method?: string;
  route?: string;
  status?: number;
  code?: string;
  duration_ms?: number;
  /** How many requests of its kind this line speaks for. */
  stands_for?: number;
  customer?: string;
  key?: string;
  actor?: string;
  job?: string;
  model?: string;
  /** Of a refused input: which, by which rule, and how the model's inputs and media are checked. */
  input?: string;
  rule?: string;
  validation?: string;
  media?: string;
  account?: string;
  upstream_id?: string;
  upstream_status?: number;
  outcome?: string;
  reason?: string;
  count?: number;
  balance_usd?: number;
  /** Up to which row the audit is sealed, and the seal's SHA-256. */
  seal?: string;
};

export type Log = {
  info: (event: string, fields: LogFields) => void;
  warn: (event: string, fields: LogFields) => void;
  /** For the operator's alarm. */
  error: (event: string, fields: LogFields) => void;
};

/** One JSON object a line on the console. */
export const consoleLog: Log = {
  info: (event, fields) => console.log(JSON.stringify({ level: 'info', event, ...fields })),
  warn: (event, fields) => console.warn(JSON.stringify({ level: 'warn', event, ...fields })),
  error: (event, fields) => console.error(JSON.stringify({ level: 'error', event, ...fields })),
};

/** What was thrown, fit for a log: D1 names tables and columns but no values; of all else only the class is told. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return typeof error;
  }
  if (isMigrationMissing(error)) {
    return `${error.message.slice(0, 160)}; ${MIGRATE}`;
  }
  return error.message.startsWith('D1_') ? error.message.slice(0, 160) : error.name;
}
