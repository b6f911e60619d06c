// Reads the format and size of an image from the first bytes of a file.

import * as fc from 'fast-check';
import { test } from 'vitest';
import { readHeader } from '../../../src/features/media/image-header.ts';
import { joined, padBytes } from '../../support/bytes.ts';
import {
  avif,
  gif,
  heic,
  jpeg,
  png,
  pngChunk,
  webpExtended,
  webpLossless,
  webpLossy,
} from '../../support/images.ts';

const MEASURED = { png, jpeg, gif, webpLossy, webpLossless, webpExtended, avif, heic };
const SIDES = { width: 1234, height: 567 };

test.for(Object.entries(MEASURED))(
  '%s is measured, by no more than its header',
  ([name, make], { expect }) => {
    const format = name.replace(/L.*|E.*/, '');
    const canTurn = ['jpeg', 'avif', 'heic'].includes(format);
    const header = { kind: 'image', format, sides: SIDES, canTurn };
    expect(readHeader(make(SIDES), 'ends')).toEqual(header);
    expect(readHeader(padBytes(make(SIDES), 5000), 'more')).toEqual(header);
  },
);

test.for(Object.entries(MEASURED))(
  '%s that is cut anywhere has its size or none, and waits for more',
  ([, make], { expect }) => {
    const bytes = make(SIDES);
    for (let length = 0; length < bytes.length; length += 1) {
      const header = readHeader(bytes.subarray(0, length), 'more');
      if (header.kind !== 'more') {
        expect(header).toEqual(readHeader(bytes, 'ends'));
      }
    }
  },
);

test.for(['png', 'jpeg', 'gif', 'webpLossy', 'avif', 'heic'] as const)(
  '%s that claims to be nothing wide or high is no image',
  (name, { expect }) => {
    expect(readHeader(MEASURED[name]({ width: 0, height: 5 }), 'more')).toEqual({ kind: 'none' });
    expect(readHeader(MEASURED[name]({ width: 5, height: 0 }), 'ends')).toEqual({ kind: 'none' });
  },
);

test('a PNG or WebP with EXIF data may be turned', ({ expect }) => {
  const exif = pngChunk('eXIf', 30);
  const cases: [file: Uint8Array, canTurn: boolean][] = [
    [png(SIDES, pngChunk('pHYs', 9), exif), true],
    [png(SIDES, pngChunk('iCCP', 3000), pngChunk('tEXt', 20)), false],
    [joined(png(SIDES), exif), false],
    [webpExtended(SIDES, 8), true],
    [webpExtended(SIDES, 16), false],
    [webpLossy(SIDES), false],
  ];
  for (const [file, canTurn] of cases) {
    expect(readHeader(file, 'more')).toMatchObject({ sides: SIDES, canTurn });
    expect(readHeader(file, 'ends')).toMatchObject({ sides: SIDES, canTurn });
  }
  // Its palette is longer than the bytes that are read, so the rotation is not known.
  const long = png(SIDES, pngChunk('iCCP', 5000)).subarray(0, 2000);
  expect(readHeader(long, 'more')).toEqual({ kind: 'more' });
  expect(readHeader(long, 'unread')).toMatchObject({ sides: SIDES, canTurn: true });
});

test('an image bomb is only measured', ({ expect }) => {
  const sides = { width: 60_000, height: 60_000 };
  expect(readHeader(png(sides), 'more')).toEqual({ kind: 'image', format: 'png', sides, canTurn: false });
});

test.for([
  ['bmp', joined('BM', [0x46, 0, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0, 40, 0, 0, 0])],
  ['tiff', joined('II*\0', [8, 0, 0, 0])],
  ['tiff', joined('MM\0*', [0, 0, 0, 8])],
  ['tiff', joined('II+\0', [8, 0, 0, 0])],
  ['ico', joined([0, 0, 1, 0, 1, 0, 16, 16])],
  ['cur', joined([0, 0, 2, 0, 1, 0, 16, 16])],
  ['jxl', joined([0xff, 0x0a, 0, 0])],
  ['jxl', joined([0, 0, 0, 0x0c], 'JXL \r\n\x87\n')],
  ['jp2', joined([0, 0, 0, 0x0c], 'jP  \r\n\x87\n')],
  ['jp2', joined([0xff, 0x4f, 0xff, 0x51])],
  ['psd', joined('8BPS', [0, 1])],
  ['exr', joined('v/1\x01', [2, 0])],
  ['qoi', joined('qoif', [0, 0])],
  ['dds', joined('DDS ', [124, 0])],
  ['svg', joined('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['svg', joined('\xef\xbb\xbf \n<?xml version="1.0"?><!-- x --><!DOCTYPE svg><SVG/>')],
  ['svg', joined('<!-- drawn --><svg width="5"/>')],
] as const)('%s is an image of unknown size', ([format, bytes], { expect }) => {
  for (const rest of ['more', 'ends', 'unread'] as const) {
    expect(readHeader(bytes, rest)).toEqual({ kind: 'image', format, sides: null, canTurn: false });
  }
});

test.for([
  ['nothing', joined()],
  ['one byte', joined([0xff])],
  ['a page', joined('<!doctype html><html><body>Not found</body></html>')],
  ['a page with a picture in it', joined('<html><svg width="5"/></html>')],
  ['a page behind a comment', joined('<!-- x --><html><svg width="5"/></html>')],
  ['JSON', joined('{"error":"x"}')],
  ['text', joined('BMW and IIHF, GIF8 and RIFF')],
  ['PDF', joined('%PDF-1.7')],
  ['ZIP', joined('PK\x03\x04')],
  ['a video', joined([0, 0, 0, 0x18], 'ftypisom', [0, 0, 2, 0], 'isommp42')],
  ['a sound', joined('RIFF', [36, 0, 0, 0], 'WAVEfmt ')],
  ['a PNG without its header', joined('\x89PNG\r\n\x1a\n', [0, 0, 0, 0], 'IEND')],
  ['a JPEG without a frame', joined([0xff, 0xd8, 0xff, 0xd9])],
  ['a GIF of six bytes', joined('GIF89a')],
] as const)('%s is no image', ([, bytes], { expect }) => {
  expect(readHeader(bytes, 'ends')).toEqual({ kind: 'none' });
});

test('what begins like no image need not be read on for ever', ({ expect }) => {
  expect(readHeader(joined('hello'), 'more')).toEqual({ kind: 'more' });
  expect(readHeader(padBytes(joined('hello'), 4096), 'more')).toEqual({ kind: 'none' });
  expect(readHeader(padBytes(joined('\x89PNG\r\n\x1a\n'), 4096), 'more')).toEqual({ kind: 'none' });
});

test('a JPEG whose size comes late has an unknown one', ({ expect }) => {
  const bytes = jpeg(SIDES, 300_000).subarray(0, 262_144);
  expect(readHeader(bytes, 'more')).toEqual({ kind: 'more' });
  expect(readHeader(bytes, 'unread')).toEqual({ kind: 'image', format: 'jpeg', sides: null, canTurn: false });
});

test('no bytes make it throw or invent a size', ({ expect }) => {
  const starts = Object.values(MEASURED).map((make) => make(SIDES));
  const mutated = fc
    .tuple(fc.constantFrom(...starts), fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 12 }))
    .map(([bytes, changes]) => {
      const copy = bytes.slice();
      changes.forEach(([at, value]) => {
        copy[at] = value;
      });
      return copy;
    });
  fc.assert(
    fc.property(
      fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })),
      fc.constantFrom('more' as const, 'ends' as const, 'unread' as const),
      (bytes, rest) => {
        const header = readHeader(bytes, rest);
        if (header.kind === 'image' && header.sides !== null) {
          expect(Math.min(header.sides.width, header.sides.height)).toBeGreaterThan(0);
        }
        expect(rest === 'more' || header.kind !== 'more').toBe(true);
      },
    ),
    { seed: 20261121, numRuns: 10_000 },
  );
});

function be32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

test('a file with as many entries as fit, which the reader puts on the stack, is an image of unknown size', ({
  expect,
}) => {
  // 87,000 entries of an item without properties, which the library passes on as so many arguments.
  const entries = 87_000;
  const box = (type: string, data: Uint8Array) => joined(be32(data.length + 8), type, data);
  const ipma = box('ipma', padBytes(joined(be32(0), be32(entries)), 8 + entries * 3 + 3));
  const meta = box('meta', joined(be32(0), box('iprp', ipma)));
  const bytes = joined(box('ftyp', joined('avif', be32(0))), meta);
  expect(readHeader(bytes, 'unread')).toEqual({ kind: 'image', format: 'avif', sides: null, canTurn: false });
});
