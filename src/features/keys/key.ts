// A key: its text, its checksum, its row. Pure. The text exists only while the key is issued or sent.

import { base62, randomText } from '../../lib/base62.ts';
import { crc32 } from '../../lib/hash.ts';
import type { CustomerId, KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { Limits } from '../ledger/limits.ts';
import { isModelId, isModelPrefix } from '../runcomfy/model-id.ts';

export type KeyKind = 'secret' | 'browser';

/** The jobs that a browser token sees: those that it started, or all jobs of its end user. */
export const SIGHTS = ['own', 'end_user'] as const;
export type Sight = (typeof SIGHTS)[number];

export type Key = {
  id: KeyId;
  customerId: CustomerId;
  kind: KeyKind;
  /** The secret key that minted this browser token. */
  parentId: KeyId | null;
  /** The key that this key replaces by rotation. */
  successorOf: KeyId | null;
  /** A rotated key and its successor share a family, and so their limits. */
  family: KeyId;
  /** The first characters of the text, by which people recognise the key. */
  hint: string;
  name: string;
  /** Null: all models. Empty: none. */
  models: string[] | null;
  limits: Limits;
  /** The pages that may use a browser token; null: all. */
  origins: string[] | null;
  /** The customer's end user that a browser token stands for; '': none. */
  endUser: string;
  see: Sight;
  expiresAtMs: number | null;
  revokedAtMs: number | null;
  /** Rounded to an hour; null: never, or long ago. */
  lastUsedAtMs: number | null;
  createdAtMs: number;
};

const PREFIXES: Record<KeyKind, string> = { secret: 'cg_', browser: 'cgt_' };
const SHAPE = /^(cgt?_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** A new key: 256 random bits and a checksum, in characters that every RunComfy client accepts. */
export function newKeyText(kind: KeyKind): string {
  const body = PREFIXES[kind] + randomText(43);
  return body + checksum(body);
}

/** True for a text with the form and the checksum of a key. No other text reaches a store. */
export function isKeyText(text: string): boolean {
  const [, body, sum] = SHAPE.exec(text) ?? [];
  return body !== undefined && checksum(body) === sum;
}

/** The kind of key that `text` looks like, forged or not; null: neither. */
export function claimedKind(text: string): KeyKind | null {
  if (text.startsWith(PREFIXES.browser)) {
    return 'browser';
  }
  return text.startsWith(PREFIXES.secret) ? 'secret' : null;
}

/** The part of the text that is stored. */
export function keyHint(text: string): string {
  return `${text.slice(0, 8)}…`;
}

export const KEY_STATUSES = ['active', 'revoked', 'expired'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** True for an entry of `models`: a model id, or a prefix of ids such as `bytedance/*`. */
export function isModelPattern(text: string): boolean {
  return text.endsWith('/*') ? isModelPrefix(text.slice(0, -2)) : isModelId(text);
}

/** 422 for an expiry that has passed: nobody could use the key. */
export function refusePastExpiry(expiresAtMs: number | null | undefined, nowMs: number): void {
  if (typeof expiresAtMs === 'number' && expiresAtMs <= nowMs) {
    const message = `${new Date(expiresAtMs).toISOString()} has passed`;
    throw new Problem('invalid_input', `expires_at: ${message}. DELETE revokes a key at once.`, {
      errors: [{ path: 'expires_at', rule: 'future', message }],
    });
  }
}

/** 401 with the same words for an unknown, a revoked and an expired key: the answer confirms no guess. */
export function deadKey(kind: KeyKind): Problem {
  return new Problem(
    'invalid_key',
    kind === 'secret'
      ? 'The API key is unknown, revoked or expired.'
      : 'The browser token is unknown, revoked or expired. Get a new one from your server.',
  );
}

export function noSuchKey(): Problem {
  return new Problem('not_found', 'There is no such key.');
}

function checksum(body: string): string {
  return base62(crc32(body), 6);
}
