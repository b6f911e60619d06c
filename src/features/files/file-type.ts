// The types of files that are accepted. The first bytes decide the type, never the name or the sender's Content-Type. Pure.

import { readHeader } from '../media/image-header.ts';
import type { MediaKind } from '../media/media-inputs.ts';

export type FileType = {
  contentType: string;
  kind: MediaKind;
  /** File name extensions, the usual one first. */
  endings: readonly string[];
};

export type Sides = { width: number; height: number };

/** `more`: the type needs more bytes. */
export type Sniffed = { kind: 'known'; type: FileType; sides: Sides | null } | { kind: 'none' | 'more' };

const image = (name: string, endings: readonly string[] = [name]): FileType => ({
  contentType: `image/${name}`,
  kind: 'image',
  endings,
});

const IMAGES = new Map([
  ['png', image('png')],
  ['jpeg', image('jpeg', ['jpg', 'jpeg'])],
  ['webp', image('webp')],
  ['gif', image('gif')],
]);
const MP4: FileType = { contentType: 'video/mp4', kind: 'video', endings: ['mp4', 'm4v'] };
const MOV: FileType = { contentType: 'video/quicktime', kind: 'video', endings: ['mov', 'qt'] };
const WEBM: FileType = { contentType: 'video/webm', kind: 'video', endings: ['webm'] };
const MP3: FileType = { contentType: 'audio/mpeg', kind: 'audio', endings: ['mp3'] };
const WAV: FileType = { contentType: 'audio/wav', kind: 'audio', endings: ['wav'] };

export const FILE_TYPES: readonly FileType[] = [...IMAGES.values(), MP4, MOV, WEBM, MP3, WAV];

const MEGABYTE = 1_000_000;
/** RunComfy's advice, with 1 MB as 1,000,000 bytes, as in Cloudflare's limit of a body. */
const MAX_BYTES: Record<MediaKind, number> = {
  image: 50 * MEGABYTE,
  video: 100 * MEGABYTE,
  audio: 100 * MEGABYTE,
};
export const MAX_BYTES_OF_ANY = Math.max(...Object.values(MAX_BYTES));

export function maxBytes({ kind }: FileType): number {
  return MAX_BYTES[kind];
}

/** The type of a video or sound is in these first bytes. */
const PLAYED_BYTES = 64;

/** `rest`: more bytes follow, the file ends here, or no more is read of it. */
export function sniff(front: Uint8Array, rest: 'more' | 'ends' | 'unread'): Sniffed {
  if (rest === 'more' && front.length < PLAYED_BYTES) {
    return { kind: 'more' };
  }
  const played = playedType(front);
  if (played !== null) {
    return { kind: 'known', type: played, sides: null };
  }
  const header = readHeader(front, rest);
  if (header.kind !== 'image') {
    return { kind: header.kind };
  }
  const type = IMAGES.get(header.format);
  return type === undefined ? { kind: 'none' } : { kind: 'known', type, sides: header.sides };
}

/** Brands (ftyp, ISO/IEC 14496-12) of videos. Pictures and sounds share the container. */
const MP4_BRAND = /^(?:isom|iso[2-9a-c]|mp4[12]|mp71|avc1|M4V[ HP]|MSNV|XAVC|dash|3gp[4-9])$/;

function playedType(front: Uint8Array): FileType | null {
  const text = String.fromCharCode(...front.subarray(0, PLAYED_BYTES));
  if (text.slice(4, 8) === 'ftyp') {
    const brand = text.slice(8, 12);
    return brand === 'qt  ' ? MOV : MP4_BRAND.test(brand) ? MP4 : null;
  }
  if (text.startsWith('\x1a\x45\xdf\xa3')) {
    // DocType. Matroska has the same container, but few programs read it.
    return text.includes('\x42\x82\x84webm') ? WEBM : null;
  }
  if (/^RIFF[^]{4}WAVE/.test(text)) {
    return WAV;
  }
  return isTagged(front) || isMp3Frame(front) ? MP3 : null;
}

/** ID3v2.2 to 2.4. */
function isTagged(front: Uint8Array): boolean {
  const [first, second, third, version = 0] = front;
  return first === 0x49 && second === 0x44 && third === 0x33 && version >= 2 && version <= 4;
}

/** MPEG-1 or 2, layer III, with a valid bit rate and sampling rate. JPEG begins with the same byte. */
function isMp3Frame([sync = 0, version = 0, rates = 0]: Uint8Array): boolean {
  return (
    sync === 0xff &&
    (version & 0xe6) === 0xe2 &&
    (version & 0x18) !== 0x08 &&
    (rates & 0xf0) !== 0xf0 &&
    (rates & 0xf0) !== 0 &&
    (rates & 0x0c) !== 0x0c
  );
}
