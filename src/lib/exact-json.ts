// JSON of others, read so that what is written of it again has the same digits: a seed of 19 digits fits no double.

/** Looks for a number that a double may not hold: one of 16 characters or more, or one with an exponent. */
const MAYBE_INEXACT = /[:,[\s]-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE])/;

/** Throws as JSON.parse does. A number that a double does not hold becomes a RawJson, and only then does it cost more. */
export function parseExactJson(text: string): unknown {
  return MAYBE_INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  const isKept = typeof value !== 'number' || source === undefined || String(value) === source;
  return isKept ? value : JSON.rawJSON(source);
}

/** The same value, where it was kept by its digits the double nearest to it. */
export function asDouble(value: unknown): unknown {
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
}
