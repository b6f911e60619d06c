// Instants as people write them: ISO 8601 with an offset, inside milliseconds since 1970 UTC.

import * as z from 'zod/mini';
import { lazy } from './lazy.ts';

export const instant = lazy(() =>
  z.pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text) => Date.parse(text)),
  ),
);
