// Reads the format and the size of an image from the first bytes of a file. Nothing is decoded, so an image that would
// unpack to gigabytes costs as little as any other.

import { imageDimensionsFromData } from 'image-dimensions';

export type Header =
  | { kind: 'image'; format: string; sides: { width: number; height: number } | null; canTurn: boolean }
  | { kind: 'none' }
  | { kind: 'more' };

/** So many bytes without a known beginning or a header prove that a file is no image. */
const ENOUGH_BYTES = 4096;

/** The first bytes of the formats; a dot stands for any byte. */
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

/** Formats that always have their size in the first bytes. */
const SIZE_FIRST = new Set(['png', 'gif', 'webp']);
/** Formats that can have their size further back. */
const SIZE_SOMEWHERE = new Set(['jpeg', 'avif', 'heic']);

/** Formats that can demand a rotation in metadata further back. */
const TURNING = new Set(['jpeg', 'avif', 'heic']);
const EXIF_FLAG = 8;
/** The chunks that may precede the pixels of a PNG. */
const BEFORE_PIXELS = /^(?:IHDR|PLTE|[a-z][a-zA-Z]{3})$/;

/** `rest`: more bytes can be read, the file ends here, or the rest will not be read. */
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

/** True if EXIF data may rotate the picture; undefined: the answer is in later bytes. */
function turns(bytes: Uint8Array, format: string): boolean | undefined {
  switch (format) {
    case 'png':
      return hasExifChunk(bytes);
    case 'webp':
      // An extended file announces EXIF data in its flags at the front; the data itself may come last.
      return (
        String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X' && ((bytes[20] ?? 0) & EXIF_FLAG) !== 0
      );
    default:
      return TURNING.has(format);
  }
}

/** Looks through the chunks before the pixels; each has length, type, data and checksum. */
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

/** The library may pass 87,000 entries of a file as arguments, and so exceed the stack. */
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

/** An HTML page that contains an SVG is not an image. */
function isSvg(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, ENOUGH_BYTES)).trimStart().toLowerCase();
  return (
    text.startsWith('<svg') ||
    (/^<(?:\?xml|!--|!doctype svg)/.test(text) && text.includes('<svg') && !text.includes('<html'))
  );
}
