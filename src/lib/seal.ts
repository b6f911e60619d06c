// Encrypts secrets that must be read again: AES-256-GCM with the operator's key and a random 12-byte IV. The associated
// data names table, row and key, so that a sealed text cannot be moved to another row.
// A sealed text is `<key id>.<base64 of IV, ciphertext and tag>`, with one valid spelling.

import { sha256Hex } from './hash.ts';

export type VaultKey = {
  /** The first 8 hex characters of the SHA-256 of the key. */
  id: string;
  key: CryptoKey;
};

/** The row that contains the sealed text. */
export type Place = { table: string; row: string };

/** `unknown_key`: another key sealed it. `broken`: it was changed or moved from another row. */
export type Unsealed = { ok: true; text: string } | { ok: false; reason: 'unknown_key' | 'broken' };

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^([0-9a-f]{8})\.([A-Za-z0-9+/]+={0,2})$/;

const encoder = new TextEncoder();

/** The mistake in the text of a key, or null. */
export function vaultKeyMistake(base64: string): string | null {
  return bytesOf(base64)?.byteLength === KEY_BYTES
    ? null
    : 'must be 32 bytes in base64 (openssl rand -base64 32)';
}

/** Throws a TypeError if `vaultKeyMistake` finds a mistake. */
export async function readVaultKey(base64: string): Promise<VaultKey> {
  const bytes = bytesOf(base64);
  if (bytes?.byteLength !== KEY_BYTES) {
    throw new TypeError('a vault key has 32 bytes');
  }
  const [hash, key] = await Promise.all([
    sha256Hex(bytes),
    crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
  ]);
  return { id: hash.slice(0, 8), key };
}

export async function seal({ id, key }: VaultKey, place: Place, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, place, id), key, encoder.encode(text));
  const bytes = new Uint8Array(IV_BYTES + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), IV_BYTES);
  return `${id}.${base64Of(bytes)}`;
}

/** Opens a text with the key that sealed it. */
export async function unseal(keys: VaultKey[], place: Place, sealed: string): Promise<Unsealed> {
  const [, id, base64 = ''] = SEALED.exec(sealed) ?? [];
  const bytes = bytesOf(base64);
  if (id === undefined || bytes === null || bytes.byteLength < IV_BYTES + TAG_BYTES) {
    return { ok: false, reason: 'broken' };
  }
  const found = keys.find((one) => one.id === id);
  if (found === undefined) {
    return { ok: false, reason: 'unknown_key' };
  }
  try {
    const iv = bytes.subarray(0, IV_BYTES);
    const opened = await crypto.subtle.decrypt(algorithm(iv, place, id), found.key, bytes.subarray(IV_BYTES));
    return { ok: true, text: new TextDecoder().decode(opened) };
  } catch {
    return { ok: false, reason: 'broken' };
  }
}

/** The id of the key that sealed the text. */
export function sealedBy(sealed: string): string {
  return sealed.slice(0, sealed.indexOf('.'));
}

function algorithm(iv: Uint8Array, { table, row }: Place, keyId: string): SubtleCryptoEncryptAlgorithm {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(JSON.stringify([table, row, keyId])) };
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Null unless the text is the canonical base64 of its bytes. */
function bytesOf(base64: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return base64Of(bytes) === base64 ? bytes : null;
  } catch {
    return null;
  }
}
