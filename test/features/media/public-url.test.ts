// The URLs that may be fetched.

import * as fc from 'fast-check';
import { test } from 'vitest';
import { judgeUrl } from '../../../src/features/media/public-url.ts';

const OWN = ['gate.shop.dev', 'Gate2.Shop.DEV:8787'];

test.for([
  ['https://example.com/a.png', 'public'],
  ['HTTPS://EXAMPLE.COM/a.png', 'public'],
  [' https://example.com/a.png\n', 'public'],
  ['https://example.com', 'public'],
  ['https://example.com./a.png', 'public'],
  ['https://example.com?x=1', 'public'],
  ['https://example.com#x', 'public'],
  ['https://example.com:443/a.png', 'public'],
  ['https://a-b_c.s3.eu-west-1.amazonaws.com/my file.png', 'public'],
  ['https://bücher.de/bild.png', 'public'],
  ['https://例え.テスト/a.png', 'public'],
  ['https://10.0.0.1.shop.dev/a.png', 'public'],
  ['https://example.com/a.png?next=http://127.0.0.1/', 'public'],
  ['https://example.com/@127.0.0.1/', 'public'],
  ['https://playgrounds-storage-public.runcomfy.net/a.png', 'public'],
  ['https://example.com:8443/a.png', 'unchecked'],
  ['https://example.com:80/a.png', 'unchecked'],
  [`https://example.com/${'x'.repeat(5000)}`, 'unchecked'],
  [`https://127.0.0.1/${'x'.repeat(5000)}`, 'forbidden'],
  [`https://${'x'.repeat(5000)}`, 'forbidden'],
  ['', 'forbidden'],
  ['a.png', 'forbidden'],
  ['//example.com/a.png', 'forbidden'],
  ['/etc/passwd', 'forbidden'],
  ['http://example.com/a.png', 'forbidden'],
  ['ftp://example.com/a.png', 'forbidden'],
  ['file:///etc/passwd', 'forbidden'],
  ['javascript:alert(1)', 'forbidden'],
  ['blob:https://example.com/1', 'forbidden'],
  ['s3://bucket/a.png', 'forbidden'],
  ['gopher://example.com', 'forbidden'],
  ['https:example.com/a.png', 'forbidden'],
  ['https:/example.com/a.png', 'forbidden'],
  ['https:///example.com/a.png', 'forbidden'],
  ['https://', 'forbidden'],
  ['https:\\\\example.com\\a.png', 'forbidden'],
  ['https://example.com\\@127.0.0.1/', 'forbidden'],
  ['https://exa\tmple.com/', 'forbidden'],
  ['https://exa mple.com/', 'forbidden'],
  ['https://example.com:99999/', 'forbidden'],
  ['https://user@example.com/a.png', 'forbidden'],
  ['https://user:secret@example.com/a.png', 'forbidden'],
  ['https://:secret@example.com/a.png', 'forbidden'],
  ['https://@example.com/a.png', 'forbidden'],
  ['https://example.com@127.0.0.1/', 'forbidden'],
  ['https://127.0.0.1/a.png', 'forbidden'],
  ['https://127.0.0.1./a.png', 'forbidden'],
  ['https://127.1/a.png', 'forbidden'],
  ['https://127.0.1/a.png', 'forbidden'],
  ['https://2130706433/a.png', 'forbidden'],
  ['https://0x7f000001/a.png', 'forbidden'],
  ['https://0X7F.0.0.1/a.png', 'forbidden'],
  ['https://017700000001/a.png', 'forbidden'],
  ['https://0177.0.0.1/a.png', 'forbidden'],
  ['https://0/a.png', 'forbidden'],
  ['https://8.8.8.8/a.png', 'forbidden'],
  ['https://169.254.169.254/latest/meta-data', 'forbidden'],
  ['https://１２７.0.0.1/a.png', 'forbidden'],
  ['https://127。0。0。1/a.png', 'forbidden'],
  ['https://%31%32%37.0.0.1/a.png', 'forbidden'],
  ['https://1.2.3.4.5/a.png', 'forbidden'],
  ['https://example.0x7f/a.png', 'forbidden'],
  ['https://[::1]/a.png', 'forbidden'],
  ['https://[::]/a.png', 'forbidden'],
  ['https://[::ffff:127.0.0.1]/a.png', 'forbidden'],
  ['https://[::ffff:7f00:1]/a.png', 'forbidden'],
  ['https://[fe80::1%25eth0]/a.png', 'forbidden'],
  ['https://[64:ff9b::7f00:1]/a.png', 'forbidden'],
  ['https://[2606:4700::1111]/a.png', 'forbidden'],
  ['https://localhost/a.png', 'forbidden'],
  ['https://LOCALHOST./a.png', 'forbidden'],
  ['https://a.localhost/a.png', 'forbidden'],
  ['https://intranet/a.png', 'forbidden'],
  ['https://com/a.png', 'forbidden'],
  ['https://com./a.png', 'forbidden'],
  ['https://printer.local/a.png', 'forbidden'],
  ['https://printer.LOCAL./a.png', 'forbidden'],
  ['https://metadata.google.internal/a.png', 'forbidden'],
  ['https://nas.lan/a.png', 'forbidden'],
  ['https://nas.home/a.png', 'forbidden'],
  ['https://nas.home.arpa/a.png', 'forbidden'],
  ['https://1.0.0.127.in-addr.arpa/a.png', 'forbidden'],
  ['https://mail.corp/a.png', 'forbidden'],
  ['https://wiki.intranet/a.png', 'forbidden'],
  ['https://box.localdomain/a.png', 'forbidden'],
  ['https://web.test/a.png', 'forbidden'],
  ['https://web.invalid/a.png', 'forbidden'],
  ['https://web.example/a.png', 'forbidden'],
  ['https://abc.onion/a.png', 'forbidden'],
  ['https://a..example.com/a.png', 'forbidden'],
  ['https://.example.com/a.png', 'forbidden'],
  ['https://example.com../a.png', 'forbidden'],
  ['https://exam*ple.com/a.png', 'forbidden'],
  [`https://${'a'.repeat(64)}.com/`, 'forbidden'],
  [`https://${'a.'.repeat(130)}com/`, 'forbidden'],
  ['https://gate.shop.dev/v1/models', 'forbidden'],
  ['https://GATE.shop.dev./v1/models', 'forbidden'],
  ['https://gate2.shop.dev/v1/models', 'forbidden'],
  ['https://gate.shop.dev:8443/v1/models', 'forbidden'],
] as const)('%j is %s', ([url, kind], { expect }) => {
  expect(judgeUrl(url, OWN).kind).toBe(kind);
});

/** One part of an IPv4 address in one of the notations that parsers take. */
const part = (value: number) =>
  fc.constantFrom(
    String(value),
    `0${value.toString(8)}`,
    `000${value.toString(8)}`,
    `0x${value.toString(16)}`,
    `0X${value.toString(16).toUpperCase()}`,
    `0x000${value.toString(16)}`,
  );

const ipv4 = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 1, max: 4 })).chain(([address, count]) => {
  const values = Array.from({ length: count }, (_, index) =>
    index === count - 1 ? address % 256 ** (5 - count) : Math.floor(address / 256 ** (3 - index)) % 256,
  );
  return fc.tuple(...values.map(part)).map((parts) => parts.join('.'));
});

const disguised = fc
  .tuple(
    ipv4,
    fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => `${text}.`,
      (text) => text.replaceAll('.', '。'),
      (text) => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
      (text) => text.replaceAll(/[\dx]/gi, (char) => `%${char.charCodeAt(0).toString(16)}`),
    ),
    fc.constantFrom('', ':443', ':8443'),
  )
  .map(([text, disguise, port]) => `${disguise(text)}${port}`);

const ipv6 = fc
  .oneof(
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc.ipV4().map((address) => `64:ff9b::${address}`),
  )
  .map((address) => `[${address}]`);

test('no IP address passes in any notation', ({ expect }) => {
  fc.assert(
    fc.property(fc.oneof(disguised, ipv6), fc.constantFrom('', '/a.png', '?x', '#x'), (host, rest) => {
      expect(judgeUrl(`https://${host}${rest}`, []).kind).toBe('forbidden');
    }),
    { seed: 20261121, numRuns: 5000 },
  );
});

test('whatever passes is an https URL of a name with a top-level label in letters', ({ expect }) => {
  const text = fc
    .oneof(fc.webUrl(), fc.string(), fc.string({ unit: 'binary' }))
    .map((rest) => (rest.startsWith('http') ? rest.replace('http:', 'https:') : `https://${rest}`));
  fc.assert(
    fc.property(text, (url) => {
      const verdict = judgeUrl(url, []);
      if (verdict.kind === 'public') {
        expect(verdict.url.protocol).toBe('https:');
        expect(verdict.url.hostname).toMatch(/^[a-z0-9_.-]+\.(?:[a-z]+|xn--[a-z0-9-]+)\.?$/);
        expect(verdict.url.username + verdict.url.password + verdict.url.port).toBe('');
      }
    }),
    { seed: 20261121, numRuns: 5000 },
  );
});

test('a URL that is long only once it is escaped is not fetched, and so not remembered', ({ expect }) => {
  expect(judgeUrl(`https://pics.shop.dev/${'€'.repeat(400)}`, []).kind).toBe('public');
  expect(judgeUrl(`https://pics.shop.dev/${'€'.repeat(4000)}`, []).kind).toBe('unchecked');
});
