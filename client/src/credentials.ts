// The token of the calls: loaded once, kept, and loaded again when the gateway refuses it.

import { ComfygateError } from './errors.ts';

/**
 * The answer of `POST /v1/tokens`, or a browser token alone, or a secret key (never in a page). With `end_user` the client can
 * repeat a submit with a later token of the same user.
 */
export type Credential = string | { token: string; end_user?: string | null };

/** The client calls a function before its first call, and again after a 401. */
export type Credentials = string | (() => Credential | Promise<Credential>);

export type Held = {
  token: string;
  endUser: string | null;
  /** The gateway binds each Idempotency-Key to a scope: in another scope the same key means another job. */
  scope: string;
};

export type Wallet = {
  get: () => Promise<Held>;
  /** A new token in place of the refused one; null if there is no other. */
  renew: (refused: Held) => Promise<Held> | null;
};

export function createWallet(credentials: Credentials): Wallet {
  let held: Promise<Held> | undefined;
  let last: Held | undefined;
  const load = async () => {
    try {
      last = read(typeof credentials === 'string' ? credentials : await credentials());
      return last;
    } catch (cause) {
      held = undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ComfygateError(null, { status: 0, cause, noToken: `No token: ${why}` });
    }
  };
  const get = () => (held ??= load());
  return {
    get,
    renew(refused) {
      if (typeof credentials === 'string') {
        return null;
      }
      // Calls that fail together renew the token once.
      if (refused === last) {
        last = undefined;
        held = load();
      }
      return get();
    },
  };
}

/** A secret key has the scope of its customer. */
function read(credential: Credential): Held {
  const { token, end_user: endUser = null } =
    typeof credential === 'string' ? { token: credential } : credential;
  // The answer may be an error of the page's server.
  if (typeof token !== 'string') {
    throw new Error('credentials returned none.');
  }
  const scope = token.startsWith('cg_') ? 'key' : endUser === null ? token : scopeOfUser(endUser);
  return { token, endUser, scope };
}

export function scopeOfUser(endUser: string): string {
  return `user:${endUser}`;
}
