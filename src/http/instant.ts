// Instants as people write them: ISO 8601 with seconds and an offset, inside milliseconds since 1970 UTC.

import * as z from 'zod/mini';
import { lazy } from '../lib/lazy.ts';

const SHAPE =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

export const instant = lazy(() =>
  z.pipe(
    z.string(),
    z.transform((text, context) => {
      const [, day = ''] = SHAPE.exec(text) ?? [];
      if (!isDay(day)) {
        context.issues.push({ code: 'invalid_format', format: 'datetime', input: text });
        return z.NEVER;
      }
      return Date.parse(text);
    }),
  ),
);

/** Whether there is such a day: the 30th of February would be read as the 2nd of March. */
function isDay(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
