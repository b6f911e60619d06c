// The only file that prints. LogFields is an allow-list: a field that is not named here cannot be logged.

import { isMigrationMissing, MIGRATE } from './missing-migration.ts';

export type LogFields = {
  trace_id?: string;
  method?: string;
  route?: string;
  status?: number;
  code?: string;
  duration_ms?: number;
  /** The number of requests of this kind that the line represents. */
  stands_for?: number;
  customer?: string;
  key?: string;
  actor?: string;
  job?: string;
  model?: string;
  /** A refused input: its name, the rule, and how the model's inputs and media are checked. */
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
  /** The last sealed row of the audit, and the seal's SHA-256. */
  seal?: string;
};

export type Log = {
  info: (event: string, fields: LogFields) => void;
  warn: (event: string, fields: LogFields) => void;
  /** Raises the operator's alarm. */
  error: (event: string, fields: LogFields) => void;
};

/** Writes one JSON object per line to the console. */
export const consoleLog: Log = {
  info: (event, fields) => console.log(JSON.stringify({ level: 'info', event, ...fields })),
  warn: (event, fields) => console.warn(JSON.stringify({ level: 'warn', event, ...fields })),
  error: (event, fields) => console.error(JSON.stringify({ level: 'error', event, ...fields })),
};

/** The error as a log can hold it: D1's message names tables and columns but no values; of other errors only the class. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return typeof error;
  }
  if (isMigrationMissing(error)) {
    return `${error.message.slice(0, 160)}; ${MIGRATE}`;
  }
  return error.message.startsWith('D1_') ? error.message.slice(0, 160) : error.name;
}
