// The memory of an isolate, by weight: in total it stays under 16 MiB.
//
// Possible failures:
// - entries are counted, and each is heavy: a thousand results of 32 KiB took 324 MiB as objects;
// - an entry that is replaced, is over or is deleted goes on weighing: the cache ends up empty and full;
// - one that is read again and again leaves before one that nobody reads;
// - one entry heavier than the whole pushes out all others;
// - a part of a text keeps the whole alive: an id of 36 characters weighs as much as the URL that it came in.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { compose } from '../../src/compose.ts';
import { MIB, weighedCache } from '../../src/lib/weighed-cache.ts';
import { ownText, weightOf } from '../../src/lib/weight.ts';

const TTL_MS = 1_000;
const heavy = (bytes: number) => 'x'.repeat(bytes);
const cacheOf = (maxBytes: number) => weighedCache<string>({ maxBytes, ttlMs: TTL_MS });

test('entries leave by weight, those that nobody has read for longest first', ({ expect }) => {
  const cache = cacheOf(10_000);
  for (const key of ['a', 'b', 'c']) {
    cache.set(key, heavy(3_000), 0);
  }
  expect(cache.get('a', 1)).toBe(heavy(3_000));
  cache.set('d', heavy(3_000), 2);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key, 3) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(cache.bytes()).toBeLessThanOrEqual(10_000);
});

test('what is replaced, over, deleted or cleared weighs nothing any more', ({ expect }) => {
  const cache = cacheOf(10_000);
  cache.set('a', heavy(1_000), 0);
  const once = cache.bytes();
  cache.set('a', heavy(1_000), 0);
  expect(cache.bytes()).toBe(once);
  expect(cache.get('a', TTL_MS)).toBeUndefined();
  expect(cache.bytes()).toBe(0);
  cache.set('a', heavy(1_000), 0);
  cache.delete('a');
  cache.delete('a');
  expect(cache.bytes()).toBe(0);
  cache.set('a', heavy(1_000), 0);
  cache.set('b', heavy(1_000), 500);
  expect(cache.get('a', 500)).toBe(heavy(1_000));
  // Read last and over first: what is over leaves as others are set, wherever it stands.
  cache.set('c', heavy(1_000), 2 * TTL_MS);
  expect(cache.bytes()).toBe(once);
  cache.clear();
  expect(cache.bytes()).toBe(0);
});

test('reading does not make an entry younger', ({ expect }) => {
  const cache = cacheOf(10_000);
  cache.set('a', 'x', 0);
  expect(cache.get('a', TTL_MS - 1)).toBe('x');
  expect(cache.get('a', TTL_MS)).toBeUndefined();
});

test('an entry heavier than the whole is not kept, and pushes nothing out', ({ expect }) => {
  const cache = cacheOf(10_000);
  cache.set('a', 'light', 0);
  cache.set('b', 'old', 0);
  cache.set('b', heavy(20_000), 0);
  expect([cache.get('a', 1), cache.get('b', 1)]).toEqual(['light', undefined]);
});

test.for([
  ['', 16],
  ['a'.repeat(1000), 1000],
  ['é'.repeat(1000), 1000],
  ['€'.repeat(1000), 2000],
  [JSON.parse(`[${'{},'.repeat(999)}{}]`), 28_000],
  [{ a: { b: [1, 2, 'x'.repeat(100)] }, c: null }, 200],
] as const)('%# weighs at least what V8 takes for it', ([value, bytes], { expect }) => {
  expect(weightOf(value)).toBeGreaterThanOrEqual(bytes);
  expect(weightOf(value)).toBeLessThan(3 * bytes + 300);
});

test('a text of its own is equal to the text', ({ expect }) => {
  for (const text of ['', 'a', 'é€🎉', 'x'.repeat(10_000)]) {
    expect(ownText(text)).toBe(text);
  }
});

test('all that an isolate remembers weighs 16 MiB at most', ({ expect }) => {
  const { memory } = compose(env);
  const caches = Object.values(memory).filter(
    (part) => part !== null && typeof part === 'object' && 'maxBytes' in part,
  );
  expect(caches.length).toBeGreaterThan(12);
  expect(caches.reduce((sum, { maxBytes }) => sum + maxBytes, 0)).toBeLessThanOrEqual(16 * MIB);
});

test('a clock that was set back makes no entry last longer', ({ expect }) => {
  const cache = cacheOf(10_000);
  cache.set('a', 'a', 50_000);
  expect(cache.get('a', 50_000)).toBe('a');
  expect(cache.get('a', 49_999)).toBeUndefined();
  expect(cache.bytes()).toBe(0);
});
