// The token of the calls: asked for once, kept, and asked for again when the gateway no longer takes it.

/**
 * A browser token as your server got it from `POST /v1/tokens`, or its text alone, or a secret key (never in a page).
 * With `end_user` a submit can be repeated under a later token of the same user.
 */
export type Credential = string | { token: string; end_user?: string | null };

/** A function is called before the first call, and again after a 401. */
export type Credentials = string | (() => Credential | Promise<Credential>);

export type Held = {
  token: string;
  endUser: string | null;
  /** The gateway binds Idempotency-Keys to this: under another scope the same key stands for another job. */
  scope: string;
};

export type Wallet = {
  get: () => Promise<Held>;
  /** Another one in the place of `refused`; null where there is no other. */
  renew: (refused: Held) => Promise<Held> | null;
};

export function createWallet(credentials: Credentials): Wallet {
  let held: Promise<Held> | undefined;
  let last: Held | undefined;
  const load = async () => {
    try {
      last = read(typeof credentials === 'string' ? credentials : await credentials());
      return last;
    } catch (error) {
      held = undefined;
      throw error;
    }
  };
  const get = () => (held ??= load());
  return {
    get,
    renew(refused) {
      if (typeof credentials === 'string') {
        return null;
      }
      // Calls that fail together renew once.
      if (refused === last) {
        last = undefined;
        held = load();
      }
      return get();
    },
  };
}

/** The scope of a secret key is its customer. */
function read(credential: Credential): Held {
  const { token, end_user: endUser = null } =
    typeof credential === 'string' ? { token: credential } : credential;
  const scope = token.startsWith('cg_') ? 'key' : endUser === null ? token : scopeOfUser(endUser);
  return { token, endUser, scope };
}

export function scopeOfUser(endUser: string): string {
  return `user:${endUser}`;
}
