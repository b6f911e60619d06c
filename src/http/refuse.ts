// Refuses a value inside a zod transform.

import * as z from 'zod/mini';

/** Adds an issue with this message. The return value is never used. */
export function refuse(context: z.core.ParsePayload, message: string): never {
  context.issues.push({ code: 'custom', message, input: context.value });
  return z.NEVER;
}
