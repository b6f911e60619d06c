// How long a key that is rotated still works.

import * as z from 'zod/mini';

const DAY_SECONDS = 86_400;

/** A day where it is absent; 0: the old key dies at once. */
export const graceSeconds = z._default(z.int().check(z.minimum(0), z.maximum(7 * DAY_SECONDS)), DAY_SECONDS);
