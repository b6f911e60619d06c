// Instants as people write them: ISO 8601 with an offset, inside milliseconds since 1970 UTC.

import * as z from 'zod';

export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
