// What the first bytes of a file say: no image, an image, an image of this size. Nothing is ever decoded, so an image
// that would unpack to gigabytes costs as little as any other.

import { imageDimensionsFromData } from 'image-dimensions';

export type Header =
  | { kind: 'image'; format: string; sides: { width: number; height: number } | null; canTurn: boolean }
  | { kind: 'none' }
  | { kind: 'more' };

/** How many bytes tell that a file begins like no image, and that one which begins like one has no header. */
const ENOUGH_BYTES = 4096;

/** The beginnings of the formats, a dot for any byte. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['png', '\x89PNG\r\n\x1a\n'],
  ['jpeg', '\xff\xd8\xff'],
  ['gif', 'GIF8.a'],
  ['webp', 'RIFF....WEBP'],
  ['avif', '....ftypavi'],
  ['heic', '....ftypmif1'],
  ['heic', '....ftypmsf1'],
  ['heic', '....ftyphei'],
  ['heic', '....ftyphev'],
  ['bmp', 'BM....\0\0\0\0'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['tiff', 'II+\0'],
  ['tiff', 'MM\0+'],
  ['ico', '\0\0\x01\0'],
  ['cur', '\0\0\x02\0'],
  ['jxl', '\xff\x0a'],
  ['jxl', '\0\0\0\x0cJXL '],
  ['jp2', '\0\0\0\x0cjP  '],
  ['jp2', '\xff\x4f\xff\x51'],
  ['psd', '8BPS'],
  ['exr', 'v/1\x01'],
  ['qoi', 'qoif'],
  ['dds', 'DDS '],
];

/** Formats whose size stands in the first bytes, or the file is no image. */
const SIZE_FIRST = new Set(['png', 'gif', 'webp']);
/** Formats that can carry their size further back. */
const SIZE_SOMEWHERE = new Set(['jpeg', 'avif', 'heic']);

/** Formats that can say in metadata further back that the picture is to be turned. */
const TURNING = new Set(['jpeg', 'avif', 'heic']);
const EXIF_FLAG = 8;
/** What may stand before the pixels of a PNG. */
const BEFORE_PIXELS = /^(?:IHDR|PLTE|[a-z][a-zA-Z]{3})$/;

/** `rest`: whether more bytes can be had, the file ends here, or this is all that will be read of it. */
export function readHeader(bytes: Uint8Array, rest: 'more' | 'ends' | 'unread'): Header {
  const measured = measure(bytes);
  if (measured !== undefined) {
    const { width, height, type: format } = measured;
    if (width <= 0 || height <= 0) {
      return { kind: 'none' };
    }
    const canTurn = turns(bytes, format);
    return canTurn === undefined && rest === 'more'
      ? { kind: 'more' }
      : { kind: 'image', format, sides: { width, height }, canTurn: canTurn ?? rest === 'unread' };
  }
  const canWait = rest === 'more';
  const isShort = canWait && bytes.length < ENOUGH_BYTES;
  const format = formatOf(bytes);
  if (format === undefined || SIZE_FIRST.has(format)) {
    return isShort ? { kind: 'more' } : { kind: 'none' };
  }
  if (SIZE_SOMEWHERE.has(format) && canWait) {
    return { kind: 'more' };
  }
  return format === 'jpeg' && rest === 'ends'
    ? { kind: 'none' }
    : { kind: 'image', format, sides: null, canTurn: false };
}

/** Whether EXIF data may turn the picture; undefined where further bytes can tell. */
function turns(bytes: Uint8Array, format: string): boolean | undefined {
  switch (format) {
    case 'png':
      return hasExifChunk(bytes);
    case 'webp':
      // The flags of an extended file stand first: what they announce may come last.
      return (
        String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X' && ((bytes[20] ?? 0) & EXIF_FLAG) !== 0
      );
    default:
      return TURNING.has(format);
  }
}

/** Chunk by chunk up to the pixels: length, type, data, checksum. */
function hasExifChunk(bytes: Uint8Array): boolean | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'eXIf') {
      return true;
    }
    if (!BEFORE_PIXELS.test(type)) {
      return false;
    }
  }
  return undefined;
}

/** The library passes up to 87,000 entries of a file on as arguments, which comes near the limit of the stack. */
function measure(bytes: Uint8Array): ReturnType<typeof imageDimensionsFromData> {
  try {
    return imageDimensionsFromData(bytes);
  } catch {
    return undefined;
  }
}

function formatOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  const found = SIGNATURES.find(([, signature]) =>
    signature.split('').every((char, index) => char === '.' || char === text[index]),
  );
  return found?.[0] ?? (isSvg(bytes) ? 'svg' : undefined);
}

/** A page with a picture in it is no picture. */
function isSvg(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, ENOUGH_BYTES)).trimStart().toLowerCase();
  return (
    text.startsWith('<svg') ||
    (/^<(?:\?xml|!--|!doctype svg)/.test(text) && text.includes('<svg') && !text.includes('<html'))
  );
}
