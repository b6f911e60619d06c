// The grace period of a rotated key.

import * as z from 'zod/mini';

const DAY_SECONDS = 86_400;

/** A day if absent. 0: the old key stops working at once. */
export const graceSeconds = z._default(z.int().check(z.minimum(0), z.maximum(7 * DAY_SECONDS)), DAY_SECONDS);
