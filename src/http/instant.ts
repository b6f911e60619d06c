// Instants in requests: ISO 8601 with an offset, or a date, which means the start of that day in UTC.

import * as z from 'zod/mini';
import { cut } from '../lib/cut.ts';
import { refuse } from './refuse.ts';

const DATE = /^(\d{4}-\d\d-\d\d)$/;
// In a query a bare `+` arrives as a space.
const INSTANT =
  /^(\d{4}-\d\d-\d\d)t((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d(?:\.\d+)?)?(z|[+\- ](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** ISO 8601 has four-digit years only inside these bounds, and an offset can lead outside. */
const FIRST_MS = Date.parse('0000-01-01');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds since 1970 UTC, or null if the text is not an instant of the years 0 to 9999 in UTC. */
export function parseInstant(text: string): number | null {
  const ms = msOf(text);
  return ms !== null && ms >= FIRST_MS && ms <= LAST_MS ? ms : null;
}

function msOf(text: string): number | null {
  const [, date] = DATE.exec(text) ?? [];
  if (date !== undefined) {
    return isDay(date) ? Date.parse(date) : null;
  }
  const [, day = '', minutes = '', seconds = ':00', offset = ''] = INSTANT.exec(text) ?? [];
  return isDay(day)
    ? Date.parse(`${day}T${minutes}${seconds}${offset.toUpperCase().replace(' ', '+')}`)
    : null;
}

export const instant = z.pipe(
  z.string(),
  z.transform(
    (text, context) =>
      parseInstant(text) ??
      refuse(
        context,
        `${JSON.stringify(cut(text, 40))} is no instant; send a date such as 2026-11-01 (the start of that day, UTC) ` +
          'or an instant such as 2026-11-01T09:30:00Z',
      ),
  ),
);

/** Rejects days such as February 30, which Date reads as March 2. */
function isDay(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
