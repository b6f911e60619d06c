// The accepted file types, by their first bytes.

import { expect, test } from 'vitest';
import { sniff } from '../../../src/features/files/file-type.ts';
import { joined } from '../../support/bytes.ts';
import { gif, jpeg, png, webpLossy } from '../../support/images.ts';

const PNG = png({ width: 640, height: 480 });
const text = (value: string) => new TextEncoder().encode(value);
const box = (brand: string) =>
  joined([0, 0, 0, 24], 'ftyp', brand, [0, 0, 2, 0], 'isomiso2', new Uint8Array(64));
const riff = (form: string) => joined('RIFF', [36, 0, 0, 0], form, 'fmt ', new Uint8Array(64));
const HTML = '<html><script>alert(1)</script></html>';
const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84], 'webm', new Uint8Array(64));

const TAKEN: [string, Uint8Array, string][] = [
  ['PNG', PNG, 'image/png'],
  ['JPEG', jpeg({ width: 8, height: 9 }), 'image/jpeg'],
  ['JPEG with its size behind 200 KiB of metadata', jpeg({ width: 8, height: 9 }, 200_000), 'image/jpeg'],
  ['WebP', webpLossy({ width: 8, height: 9 }), 'image/webp'],
  ['GIF', gif({ width: 8, height: 9 }), 'image/gif'],
  ['MP4', box('isom'), 'video/mp4'],
  ['MP4 of a phone', box('mp42'), 'video/mp4'],
  ['MOV', box('qt  '), 'video/quicktime'],
  ['WebM', WEBM, 'video/webm'],
  ['MP3 with tags', joined('ID3', [4, 0, 0, 0, 0, 0, 0], new Uint8Array(64)), 'audio/mpeg'],
  ['MP3', joined([0xff, 0xfb, 0x90, 0x64], new Uint8Array(64)), 'audio/mpeg'],
  ['WAV', riff('WAVE'), 'audio/wav'],
  ['a PNG with a page behind it', joined(PNG, HTML), 'image/png'],
  ['a GIF that is a script', joined(gif({ width: 0x2f2a, height: 9 }), '*/=1;alert(1)'), 'image/gif'],
];

test.for(TAKEN)('%s is taken', ([, bytes, contentType]) => {
  const sniffed = sniff(bytes, 'ends');
  expect(sniffed).toMatchObject({ kind: 'known', type: { contentType } });
  // Whatever has been read of it so far, it is never taken for something else.
  for (let length = 0; length < Math.min(bytes.length, 200); length += 1) {
    const part = sniff(bytes.subarray(0, length), 'more');
    expect(part.kind === 'more' || (part.kind === 'known' && part.type.contentType === contentType)).toBe(
      true,
    );
  }
});

const REFUSED: [string, Uint8Array][] = [
  ['a page', text(HTML)],
  ['a page that says it is a PNG', joined('PNG\r\n', HTML)],
  ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ['SVG behind a declaration', text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['a PNG without a size', joined('\x89PNG\r\n\x1a\n', HTML)],
  ['a PNG of no width', png({ width: 0, height: 9 })],
  ['HEIC', box('heic')],
  ['AVIF', box('avif')],
  ['a sound in MP4', box('M4A ')],
  ['Matroska', joined([0x1a, 0x45, 0xdf, 0xa3, 0xa3, 0x42, 0x82, 0x88], 'matroska', new Uint8Array(64))],
  ['another RIFF', riff('AVI ')],
  ['BMP', joined('BM', new Uint8Array(64))],
  ['PDF', text('%PDF-1.7 PNG')],
  ['ZIP', joined('PK\x03\x04', new Uint8Array(64))],
  ['a script', text('GIF89 = 1; alert(1)')],
  ['layer II', joined([0xff, 0xfd, 0x90, 0x64], new Uint8Array(64))],
  ['one byte', new Uint8Array(1)],
  ['nothing at all', new Uint8Array()],
];

test.for(REFUSED)('%s is not taken', ([, bytes]) => {
  expect(sniff(bytes, 'ends').kind).toBe('none');
  expect(sniff(bytes, 'more').kind).not.toBe('known');
});
