// Reads RunComfy's Retry-After header (RFC 9110, section 10.2.3), within bounds because the customer's client waits that
// long.

const DEFAULT_SECONDS = 10;
const MAX_SECONDS = 3600;

/** Whole seconds, 1 to 3,600; 10 if the header is missing or unreadable. */
export function readRetryAfter(header: string | null, nowMs: number): number {
  const seconds = secondsIn(header?.trim() ?? '', nowMs);
  return Number.isNaN(seconds) ? DEFAULT_SECONDS : Math.min(Math.max(Math.ceil(seconds), 1), MAX_SECONDS);
}

/** NaN for a text that is neither a number of seconds nor an HTTP date. */
function secondsIn(text: string, nowMs: number): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    return Number(text);
  }
  return /^[A-Za-z]+,.* GMT$/.test(text) ? (Date.parse(text) - nowMs) / 1000 : Number.NaN;
}
