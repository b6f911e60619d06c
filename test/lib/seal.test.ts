// G7: what is sealed opens only where it was put, under the key that sealed it, and as it was written.

import { test } from 'vitest';
import { readVaultKey, seal, sealedBy, unseal, vaultKeyMistake } from '../../src/lib/seal.ts';

const KEY = btoa('k'.repeat(32));
const OTHER = btoa('o'.repeat(32));
const PLACE = { table: 'accounts', row: 'acct_1' };
const SECRET = 'rc-token-0123456789';
const BROKEN = { ok: false, reason: 'broken' };

test('a sealed text opens where it lies, and no two of one text are alike', async ({ expect }) => {
  const key = await readVaultKey(KEY);
  const texts = await Promise.all(['', SECRET, 'ü💡'.repeat(500)].map((text) => seal(key, PLACE, text)));
  const opened = await Promise.all(texts.map((sealed) => unseal([key], PLACE, sealed)));
  expect(opened).toEqual(['', SECRET, 'ü💡'.repeat(500)].map((text) => ({ ok: true, text })));
  const again = await seal(key, PLACE, SECRET);
  expect(again).not.toBe(texts[1]);
  expect(again).not.toContain(SECRET);
  expect(again).not.toContain(btoa(SECRET).slice(0, 20));
});

test('the key id is the start of the SHA-256 of the key, and names what sealed a text', async ({
  expect,
}) => {
  const key = await readVaultKey(KEY);
  // printf 'k%.0s' {1..32} | sha256sum
  expect(key.id).toBe('5e318f8c');
  expect(sealedBy(await seal(key, PLACE, SECRET))).toBe(key.id);
});

test('a text in another row or another table is refused', async ({ expect }) => {
  const key = await readVaultKey(KEY);
  const sealed = await seal(key, PLACE, SECRET);
  for (const place of [
    { table: 'accounts', row: 'acct_2' },
    { table: 'webhooks', row: 'acct_1' },
    // The same text where table and row are put together.
    { table: 'accountsa', row: 'cct_1' },
    { table: '', row: '' },
  ]) {
    expect(await unseal([key], place, sealed)).toEqual(BROKEN);
  }
});

test('a text under another key is refused, and so is one that names another key', async ({ expect }) => {
  const [key, other] = await Promise.all([readVaultKey(KEY), readVaultKey(OTHER)]);
  const sealed = await seal(key, PLACE, SECRET);
  expect(await unseal([other], PLACE, sealed)).toEqual({ ok: false, reason: 'unknown_key' });
  expect(await unseal([], PLACE, sealed)).toEqual({ ok: false, reason: 'unknown_key' });
  expect(await unseal([other, key], PLACE, sealed)).toEqual({ ok: true, text: SECRET });
  const renamed = sealed.replace(key.id, other.id);
  expect(await unseal([other, key], PLACE, renamed)).toEqual(BROKEN);
  // Two keys of one id: what is told of a key binds nothing by itself.
  expect(await unseal([{ id: key.id, key: other.key }], PLACE, sealed)).toEqual(BROKEN);
});

test('each bit flipped, each length cut, anything appended: refused', async ({ expect }) => {
  const key = await readVaultKey(KEY);
  const sealed = await seal(key, PLACE, SECRET);
  const [id = '', base64 = ''] = sealed.split('.');
  const binary = atob(base64);
  const changed: string[] = [];
  for (let index = 0; index < binary.length; index += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = String.fromCharCode(binary.charCodeAt(index) ^ (1 << bit));
      changed.push(`${id}.${btoa(binary.slice(0, index) + flipped + binary.slice(index + 1))}`);
    }
    changed.push(`${id}.${btoa(binary.slice(0, index))}`);
  }
  // The same of the text: of base64 too, of which some bits mean nothing.
  for (let index = 0; index < sealed.length; index += 1) {
    for (let bit = 0; bit < 7; bit += 1) {
      const flipped = String.fromCharCode(sealed.charCodeAt(index) ^ (1 << bit));
      changed.push(sealed.slice(0, index) + flipped + sealed.slice(index + 1));
    }
    changed.push(sealed.slice(0, index), sealed.slice(index));
  }
  changed.push(
    `${id}.${btoa(`${binary}x`)}`,
    `${sealed}=`,
    `${sealed} `,
    ` ${sealed}`,
    `${sealed}\n`,
    '.',
    '',
  );
  const texts = changed.filter((text) => text !== sealed);
  const opened = await Promise.all(texts.map((text) => unseal([key], PLACE, text)));
  expect(opened.filter(({ ok }) => ok)).toEqual([]);
});

test.for([
  '',
  'x',
  btoa('k'.repeat(31)),
  btoa('k'.repeat(33)),
  'k'.repeat(44),
  KEY.slice(0, -1),
  `${KEY} `,
  `ä${KEY}`,
])('%j is no key', async (text, { expect }) => {
  expect(vaultKeyMistake(text)).toMatch(/32 bytes in base64/);
  await expect(readVaultKey(text)).rejects.toThrow(TypeError);
});

test('32 bytes are a key', ({ expect }) => {
  expect(vaultKeyMistake(KEY)).toBeNull();
});
