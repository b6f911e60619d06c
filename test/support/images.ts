// The first bytes of images in each format, as small as a reader of headers needs them.

import { padBytes, joined } from './bytes.ts';

export type Sides = { width: number; height: number };

/** `chunks`: what stands between the size and the pixels. */
export function png({ width, height }: Sides, ...chunks: Uint8Array[]): Uint8Array {
  const size = joined(be32(13), 'IHDR', be32(width), be32(height), [8, 2, 0, 0, 0], be32(0));
  return joined('\x89PNG\r\n\x1a\n', size, ...chunks, pngChunk('IDAT', 0));
}

export function pngChunk(type: string, length: number): Uint8Array {
  return joined(be32(length), type, padBytes(joined(), length), be32(0));
}

/** `before`: bytes of metadata ahead of the size, in segments of at most 64 KiB. */
export function jpeg({ width, height }: Sides, before = 0): Uint8Array {
  const segments: Uint8Array[] = [];
  for (let left = before; left > 0; left -= 60_000) {
    const length = Math.min(left, 60_000);
    segments.push(joined([0xff, 0xe1], be16(length + 2), padBytes(joined(), length)));
  }
  const frame = joined([0xff, 0xc0], be16(11), [8], be16(height), be16(width), [1, 1, 0x11, 0]);
  return joined([0xff, 0xd8], ...segments, frame, [0xff, 0xd9]);
}

export function gif({ width, height }: Sides): Uint8Array {
  return joined('GIF89a', le16(width), le16(height), [0, 0, 0, 0x3b]);
}

export function webpLossy({ width, height }: Sides): Uint8Array {
  return webp('VP8 ', joined([0, 0, 0, 0x9d, 0x01, 0x2a], le16(width), le16(height)));
}

export function webpLossless({ width, height }: Sides): Uint8Array {
  return webp('VP8L', joined([0x2f], le32(((width - 1) | ((height - 1) << 14)) >>> 0)));
}

/** `flags`: 8 announces EXIF data. */
export function webpExtended({ width, height }: Sides, flags = 0): Uint8Array {
  return webp(
    'VP8X',
    joined([flags, 0, 0, 0], le32(width - 1).subarray(0, 3), le32(height - 1).subarray(0, 3)),
  );
}

function webp(type: string, data: Uint8Array): Uint8Array {
  return joined('RIFF', le32(12 + data.length), 'WEBP', type, le32(data.length), data);
}

export function avif(sides: Sides): Uint8Array {
  return heif('avif', sides);
}

export function heic(sides: Sides): Uint8Array {
  return heif('heic', sides);
}

/** The one item is the primary one, its one property the size. */
function heif(brand: string, { width, height }: Sides): Uint8Array {
  const ispe = box('ispe', be32(0), be32(width), be32(height));
  const ipma = box('ipma', be32(0), be32(1), be16(1), [1, 1]);
  return joined(
    box('ftyp', brand, be32(0), brand),
    box('meta', be32(0), box('pitm', be32(0), be16(1)), box('iprp', box('ipco', ispe), ipma)),
  );
}

function box(type: string, ...parts: (string | Uint8Array | number[])[]): Uint8Array {
  const data = joined(...parts);
  return joined(be32(data.length + 8), type, data);
}

function be16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

function be32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function le16(value: number): Uint8Array {
  return be16(value).toReversed();
}

function le32(value: number): Uint8Array {
  return be32(value).toReversed();
}
