import { test } from 'vitest';
import { isOriginAllowed, isOriginPattern } from '../../../src/features/keys/origin.ts';

test.for([
  'https://shop.example',
  'https://shop.example:8443',
  'http://localhost:5173',
  'http://127.0.0.1:3000',
  'http://[::1]:3000',
  'https://*.shop.example',
  'https://*.shop.example:8443',
  'https://xn--bcher-kva.example',
])('%s is an origin', (text, { expect }) => {
  expect(isOriginPattern(text)).toBe(true);
});

test.for([
  '',
  'null',
  '*',
  'shop.example',
  'https://',
  'https://shop.example/',
  'https://shop.example/path',
  'https://shop.example?x',
  'https://shop.example:443',
  'http://shop.example:80',
  'https://Shop.example',
  'https://bücher.example',
  'https://user@shop.example',
  'https://shop.example.:99999',
  'ftp://shop.example',
  'https://*',
  'https://*.com',
  'https://*.com:8443',
  'https://*.com.',
  'https://*.*.example.com',
  'https://shop.*.example',
  'https://*shop.example',
  'https://*.1.2.3.4',
  ' https://shop.example',
])('%s is none', (text, { expect }) => {
  expect(isOriginPattern(text)).toBe(false);
});

test.for([
  ['https://shop.example', 'https://shop.example', true],
  ['https://shop.example', 'http://shop.example', false],
  ['https://shop.example', 'https://shop.example:8443', false],
  ['https://shop.example', 'https://shop.example.thief.example', false],
  ['https://shop.example', 'https://www.shop.example', false],
  ['https://shop.example', null, false],
  ['https://shop.example', 'null', false],
  ['http://localhost:5173', 'http://localhost:5174', false],
  ['https://*.shop.example', 'https://www.shop.example', true],
  ['https://*.shop.example', 'https://a.b.shop.example', true],
  ['https://*.shop.example', 'https://shop.example', false],
  ['https://*.shop.example', 'https://.shop.example', false],
  ['https://*.shop.example', 'https://thiefshop.example', false],
  ['https://*.shop.example', 'http://www.shop.example', false],
  ['https://*.shop.example', 'https://www.shop.example:8443', false],
  ['https://*.shop.example:8443', 'https://www.shop.example:8443', true],
  ['https://*.shop.example:8443', 'https://www.shop.example', false],
] as const)('%s and a page of %s: %s', ([pattern, origin, isAllowed], { expect }) => {
  expect(isOriginAllowed(['https://other.example', pattern], origin)).toBe(isAllowed);
});

test('no origins: every page and every program; an empty list: none', ({ expect }) => {
  expect(isOriginAllowed(null, null)).toBe(true);
  expect(isOriginAllowed(null, 'https://shop.example')).toBe(true);
  expect(isOriginAllowed([], 'https://shop.example')).toBe(false);
});
