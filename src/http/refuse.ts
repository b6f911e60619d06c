// How a transform says no.

import * as z from 'zod/mini';

/** Refuses the value that a transform was given; `message` says why. What it returns is never seen. */
export function refuse(context: z.core.ParsePayload, message: string): never {
  context.issues.push({ code: 'custom', message, input: context.value });
  return z.NEVER;
}
