// What a session is: a person's sign-in with one of the tokens of the settings. Pure, but for the random texts.

import { randomText } from '../../lib/base62.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { SessionId } from '../../lib/ids.ts';

type NamedToken = { name: string; token: string };

/** One of the tokens that sign in, by name. `mayChange` is false for one of READ_TOKENS. */
export type SignInToken = NamedToken & { mayChange: boolean };

export type Session = {
  id: SessionId;
  /** Name of the token that opened it. */
  actor: string;
  /** The browser by its own word. */
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

/** Whether a text could be a secret of ours: what could not never reaches a store. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** All tokens of the operator. One that stands in both lists may read, under whichever name. */
export function operatorTokens(settings: {
  adminTokens: NamedToken[];
  readTokens: NamedToken[];
}): SignInToken[] {
  const { adminTokens, readTokens } = settings;
  const readOnly = new Set(readTokens.map(({ token }) => token));
  return [...readTokens, ...adminTokens].map((one) => ({ ...one, mayChange: !readOnly.has(one.token) }));
}

/**
 * What a session remembers of its token: another token under the same name, or the same under another, is not it. The
 * words in front keep the value apart from every other hash of the token.
 */
export function fingerprintOf({ name, token }: NamedToken): Promise<string> {
  return sha256Hex(`comfygate session ${name}:${token}`);
}

/** Fingerprints of all tokens, in their order. */
export function fingerprintsOf(tokens: NamedToken[]): Promise<string[]> {
  return Promise.all(tokens.map(fingerprintOf));
}
