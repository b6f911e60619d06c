// A session is a person's sign-in with one of the tokens of the settings. Pure, except for random secrets.

import { randomText } from '../../lib/base62.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { SessionId } from '../../lib/ids.ts';

type NamedToken = { name: string; token: string };

/** A token that signs in. `mayChange` is false for READ_TOKENS. */
export type SignInToken = NamedToken & { mayChange: boolean };

export type Session = {
  id: SessionId;
  /** Name of the token that opened the session. */
  actor: string;
  /** The browser's User-Agent. */
  agent: string;
  createdAtMs: number;
  expiresAtMs: number;
};

export const SESSION_LIFE_MS = 12 * 3_600_000;
export const LINK_LIFE_MS = 3_600_000;

/** 256 bits, for the cookie of a session or the code of a link. */
const SECRET_CHARS = 43;
const SECRET = /^[0-9A-Za-z]{43}$/;

export function newSecret(): string {
  return randomText(SECRET_CHARS);
}

/** True for a text that has the form of a secret. No other text reaches a store. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** All tokens of the operator. A token in both lists may only read, whichever its name. */
export function operatorTokens(settings: {
  adminTokens: NamedToken[];
  readTokens: NamedToken[];
}): SignInToken[] {
  const { adminTokens, readTokens } = settings;
  const readOnly = new Set(readTokens.map(({ token }) => token));
  return [...readTokens, ...adminTokens].map((one) => ({ ...one, mayChange: !readOnly.has(one.token) }));
}

/**
 * A session stores this hash of its token. It differs for another token with the same name, and for the same token with another
 * name; the words in front make it differ from every other hash of the token.
 */
export function fingerprintOf({ name, token }: NamedToken): Promise<string> {
  return sha256Hex(`comfygate session ${name}:${token}`);
}

/** Fingerprints of all tokens, in their order. */
export function fingerprintsOf(tokens: NamedToken[]): Promise<string[]> {
  return Promise.all(tokens.map(fingerprintOf));
}
