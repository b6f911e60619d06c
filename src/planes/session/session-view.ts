// Responses of /session. The Worker imports only the types.

import * as z from 'zod/mini';

const signedIn = z.strictObject({
  actor: z.string().check(z.meta({ description: 'The name of the token that opened the session.' })),
  may_change: z
    .boolean()
    .check(z.meta({ description: 'false: the token is one of READ_TOKENS and cannot change anything.' })),
  expires_at: z.string(),
});

/** `actor` is null if nobody is signed in: a page asks before it knows. */
export const sessionView = z.union([signedIn, z.strictObject({ actor: z.null() })]);

export const signedInView = signedIn.check(z.meta({ id: 'SignedIn' }));

export const signInLinkView = z.strictObject({
  code: z.string().check(z.meta({ description: 'Signs in once. Append it to /console/sign-in#.' })),
  expires_at: z.string(),
});

export type SessionView = z.infer<typeof sessionView>;
export type SignedInView = z.infer<typeof signedInView>;
export type SignInLinkView = z.infer<typeof signInLinkView>;
